import { dataInvalid } from '../../data/raw-row.ts';
import type { ChatTemplate } from './chat-template.ts';
import type { Conversation, Message } from './rows.ts';

/** A row as the model reads it, and which parts of that are its own to say: none where a response is yet to be given. */
export interface WrittenRow {
  readonly text: string;
  /** From and to, in UTF-16 units, in their order. */
  readonly responses: readonly (readonly [start: number, end: number])[];
}

const preamble = 'Below is an instruction that describes a task';
const request = 'Write a response that appropriately completes the request.';

/** Alpaca's prompt, as its train.py has it (tatsu-lab/stanford_alpaca). */
export function alpacaPrompt(instruction: string, input?: string): string {
  return input === undefined
    ? `${preamble}. ${request}\n\n### Instruction:\n${instruction}\n\n### Response:`
    : `${preamble}, paired with an input that provides further context. ${request}\n\n### Instruction:\n${instruction}\n\n### Input:\n${input}\n\n### Response:`;
}

/** A row by Alpaca's prompt. @throws Error for a chat */
export function writtenByAlpaca(row: Conversation): WrittenRow {
  if ('messages' in row) throw new Error('chats have no Alpaca prompt');
  const prompt = alpacaPrompt(row.instruction, row.input);
  const text = `${prompt}${row.output}`;
  return { text, responses: row.output === '' ? [] : [[prompt.length, text.length]] };
}

/** An instruction as a chat of one question. */
export function asMessages(row: Conversation): readonly Message[] {
  if ('messages' in row) return row.messages;
  const question = row.input === undefined ? row.instruction : `${row.instruction}\n\n${row.input}`;
  return [
    { role: 'user', content: question },
    { role: 'assistant', content: row.output },
  ];
}

/**
 * A row by the model's template. An assistant's turn begins after what the template asks it with, and ends where the
 * chat up to it does.
 * @param where the row is, for errors
 * @throws DATA_INVALID where the template writes a turn otherwise once others follow: it cannot be found then
 */
export function writtenByTemplate(row: Conversation, template: ChatTemplate, where: string): WrittenRow {
  const messages = asMessages(row);
  const text = template.write(messages, { where });
  const responses = messages.flatMap(({ role, content }, turn) => {
    if (role !== 'assistant' || content === '') return [];
    const before = template.write(messages.slice(0, turn), { where, prompting: true });
    const after = turn === messages.length - 1 ? text : template.write(messages.slice(0, turn + 1), { where });
    if (text.startsWith(before) && text.startsWith(after)) return [[before.length, after.length] as const];
    throw dataInvalid(where, 'the base’s chat template writes a turn of the assistant otherwise once others follow', {
      got: `message ${turn + 1} of ${messages.length}`,
      expected: 'a chat that goes on as it began, or one turn of the assistant, the last',
      fix: 'end the chat at its first answer, or use a folder of the base with another template in chat_template.jinja',
    });
  });
  return { text, responses };
}
