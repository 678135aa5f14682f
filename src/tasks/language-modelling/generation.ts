import { tokenise } from '../../data/tokens/tokenise.ts';
import type { EncodeRequest, PromptTokens, TaskGeneration } from '../task.ts';
import { openChatTemplate } from './chat-template.ts';
import { type Conversation, type Message, thawConversation } from './rows.ts';
import { demandTemplateOf } from './settle.ts';
import { alpacaPrompt, asMessages } from './written-row.ts';

/** What is asked is written as the rows are, up to where the response begins; or the text is taken as it is. */
export const generation: TaskGeneration = {
  async prompt({ instruction, input, asIs }, request) {
    const row = { instruction, ...(input === undefined ? {} : { input }), output: standIn };
    return asIs ? written(instruction, request) : promptOf(row, request, 'the prompt');
  },
  promptOfRow: (row, request, where) => promptOf(thawConversation(row), request, where),
};

/** In place of a response, where there has to be one for a template to write how it ends. */
const standIn = '.';

function promptOf(row: Conversation, request: EncodeRequest, where: string): Promise<PromptTokens> {
  if (request.shape.settings?.['prompt'] === 'chat') return chatPrompt(asMessages(row), request, where);
  if ('messages' in row) throw new Error('chats have no Alpaca prompt');
  return written(alpacaPrompt(row.instruction, row.input), request);
}

/** A text as it is, with what the tokenizer puts around it. */
async function written(text: string, request: EncodeRequest): Promise<PromptTokens> {
  return { ids: await idsOf(text, true, request), ends: new Set(textEnds(request)) };
}

function textEnds({ tokenizer, specialTokens }: EncodeRequest): readonly number[] {
  const end = tokenizer.tokenToId(specialTokens['eos_token'] ?? '') ?? null;
  return end === null ? [] : [end];
}

/** A chat up to its last answer. A template may end a turn with another token than that which ends texts. */
async function chatPrompt(messages: readonly Message[], request: EncodeRequest, where: string): Promise<PromptTokens> {
  demandTemplateOf(request.shape, request);
  const template = openChatTemplate(request);
  const before = messages.slice(
    0,
    messages.findLastIndex(({ role }) => role === 'assistant'),
  );
  const asked = template.write(before, { where, prompting: true });
  const answered = template.write([...before, { role: 'assistant', content: standIn }], { where });
  const behind = answered.startsWith(asked)
    ? answered.slice(answered.indexOf(standIn, asked.length) + standIn.length)
    : '';
  const [turnEnd] = behind.trim() === '' ? [] : await idsOf(behind.trim(), false, request);
  const ends = textEnds(request);
  return { ids: await idsOf(asked, false, request), ends: new Set(turnEnd === undefined ? ends : [...ends, turnEnd]) };
}

async function idsOf(text: string, special: boolean, { tokenizer }: EncodeRequest): Promise<readonly number[]> {
  const cutting = special ? {} : { specialTokens: false as const };
  const [ids = []] = await tokenise(tokenizer, [{ text }], cutting, (encoding) => encoding.getIds());
  return ids;
}
