import { z } from 'zod';
import { formatCount } from '../../base/format-count.ts';
import { dataInvalid, isBlank, type RawDataset, type RawRow, readText } from '../../data/raw-row.ts';
import type { TaskDefinition } from '../../sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import type { TaskRows } from '../task.ts';

/** One turn of a chat. */
export type Message = z.infer<typeof message>;

/** A row as it was frozen: an instruction with its response, or a chat. */
export type Conversation =
  | { readonly instruction: string; readonly input?: string; readonly output: string }
  | { readonly messages: readonly Message[] };

const message = z.object({ role: z.string().min(1), content: z.string() });
const conversation = z.union([
  z.object({ messages: z.array(message) }),
  z.object({ instruction: z.string(), input: z.string().optional(), output: z.string() }),
]);

export const rows: TaskRows = {
  shape,
  freeze: (row) => ('messages' in (row.columns ?? row.cells) ? { messages: readMessages(row) } : readInstruction(row)),
  // Alpaca's own file has some. Whoever answers nothing in a chat is asked about it: its other turns may be meant.
  leftOut: {
    is: ({ cells: { output } }) => typeof output === 'string' && isBlank(output),
    note: (count) =>
      `${formatCount(count, 'row')} without a response (a blank output) ${count === 1 ? 'is' : 'are'} left out`,
  },
  content: (row) => textsOf(thawConversation(row)).join(' ⏎ '),
  unlabelled: { lack: ['output'], complete: withResponse },
  characters: (row) => textsOf(thawConversation(row)).reduce((sum, text) => sum + text.length, 0),
};

/** @throws Error where another task froze the row */
export function thawConversation(row: FrozenRow): Conversation {
  const { success, data } = conversation.safeParse(row);
  if (!success) throw new Error('the row was frozen by another task');
  if ('messages' in data) return data;
  const { instruction, input, output } = data;
  return input === undefined ? { instruction, output } : { instruction, input, output };
}

function textsOf(row: Conversation): readonly string[] {
  if ('messages' in row) return row.messages.map(({ role, content }) => `${role}: ${content}`);
  return [row.instruction, ...(row.input === undefined ? [] : [row.input]), row.output];
}

/** How rows are written; what the model writes a chat with is settled when it is known. */
function shape({ data, settings = {} }: TaskDefinition, _raw: RawDataset): Omit<TaskShape, 'kind'> {
  const chats = 'columns' in data && 'messages' in data.columns;
  const prompt = settings['prompt'] ?? (chats ? 'chat' : 'alpaca');
  const pack = settings['pack'] === true ? { pack: true } : {};
  if (!chats || prompt === 'chat') return { label_names: [], settings: { prompt, ...pack } };
  throw dataInvalid('task.prompt', 'chats are written by the model’s own template', {
    got: JSON.stringify(prompt),
    expected: 'chat, since task.data.messages is named',
    fix: 'leave out task.prompt, or name instruction and output instead of messages',
  });
}

function readInstruction(row: RawRow): Conversation {
  const { input } = row.cells;
  const [instruction, output] = [readText(row, 'instruction'), readText(row, 'output')];
  if (input === undefined || input === null || (typeof input === 'string' && isBlank(input)))
    return { instruction, output };
  return { instruction, input: readText(row, 'input'), output };
}

/** Rows to answer may have a response, whose likelihood is told then, or an empty one stands for what is wanted. */
function withResponse(row: RawRow): RawRow {
  const { messages, output } = row.cells;
  if ('messages' in (row.columns ?? row.cells)) {
    const chat = z.array(message).safeParse(messages).data ?? [];
    const last = chat.at(-1);
    if (last === undefined || (last.role === 'assistant' && !isBlank(last.content))) return row;
    const before = last.role === 'assistant' ? chat.slice(0, -1) : chat;
    const asked = [...before, { role: 'assistant', content: '' }];
    return { ...row, mayBeBlank: true, cells: { ...row.cells, messages: asked } };
  }
  if (typeof output === 'string' ? !isBlank(output) : output !== undefined && output !== null) return row;
  readInstruction({ ...row, cells: { ...row.cells, output: '-' } });
  return { ...row, mayBeBlank: true, cells: { ...row.cells, output: '' } };
}

function readMessages({ cells, columns, where, mayBeBlank }: RawRow): Message[] {
  const column = columns?.['messages'] ?? 'messages';
  const given: unknown = cells['messages'];
  const read = z.array(message).safeParse(given);
  if (!read.success) {
    throw dataInvalid(where, `a row has no chat in ${column}`, {
      got: JSON.stringify(given)?.slice(0, 80) ?? 'nothing',
      expected: '[{role, content}, …], each with a text',
      fix: 'correct the row, or name the column of chats in task.data.messages',
    });
  }
  const answers = read.data.filter(({ role }) => role === 'assistant');
  if (answers.length === 0) {
    throw dataInvalid(where, 'a chat has no turn of the assistant: there is nothing to learn from it', {
      got: read.data.map(({ role }) => role).join(', ') || 'no turn',
      expected: 'at least one turn whose role is assistant',
      fix: 'add the answer, or take the row out',
    });
  }
  const toSay = mayBeBlank === true ? answers.slice(0, -1) : answers;
  if (toSay.every(({ content }) => !isBlank(content))) return read.data;
  throw dataInvalid(where, 'a turn of the assistant is blank', {
    got: JSON.stringify(answers.find(({ content }) => isBlank(content))?.content),
    expected: 'text that is not blank',
    fix: 'fill in the answer, or take the row out',
  });
}
