import { tokenise } from '../../data/tokenise.ts';
import type { EncodeRequest, PromptTokens, TaskGeneration } from '../task.ts';
import { openChatTemplate } from './chat-template.ts';
import { demandTemplateOf } from './settle.ts';
import { alpacaPrompt, asMessages } from './written-row.ts';

/** What is asked is written as the rows are, up to where the response begins; or the text is taken as it is. */
export const generation: TaskGeneration = {
  async prompt({ instruction, input, asIs }, request) {
    const end = request.tokenizer.tokenToId(request.specialTokens['eos_token'] ?? '') ?? null;
    const ends = end === null ? [] : [end];
    if (asIs) return { ids: await idsOf(instruction, true, request), ends: new Set(ends) };
    if (request.shape.settings?.['prompt'] === 'chat') return chatPrompt(instruction, input, ends, request);
    return { ids: await idsOf(alpacaPrompt(instruction, input), true, request), ends: new Set(ends) };
  },
};

/** A template may end a turn with another token than that which ends texts. */
async function chatPrompt(
  instruction: string,
  input: string | undefined,
  ends: readonly number[],
  request: EncodeRequest,
): Promise<PromptTokens> {
  demandTemplateOf(request.shape, request);
  const template = openChatTemplate(request);
  const [said, where] = ['.', 'the prompt'];
  const chat = asMessages({ instruction, ...(input === undefined ? {} : { input }), output: said });
  const asked = template.write(chat.slice(0, 1), { where, prompting: true });
  const answered = template.write(chat, { where });
  const behind = answered.startsWith(asked) ? answered.slice(answered.indexOf(said, asked.length) + said.length) : '';
  const [turnEnd] = behind.trim() === '' ? [] : await idsOf(behind.trim(), false, request);
  const all = new Set(turnEnd === undefined ? ends : [...ends, turnEnd]);
  return { ids: await idsOf(asked, false, request), ends: all };
}

async function idsOf(text: string, special: boolean, { tokenizer }: EncodeRequest): Promise<readonly number[]> {
  const cutting = special ? {} : { specialTokens: false as const };
  const [ids = []] = await tokenise(tokenizer, [{ text }], cutting, (encoding) => encoding.getIds());
  return ids;
}
