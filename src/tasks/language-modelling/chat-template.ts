import { Template } from '@huggingface/jinja';
import { canonicalJson } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { ModelTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { Message } from './rows.ts';

/** How a model writes chats: its tokenizer's own template. */
export interface ChatTemplate {
  /** @throws MODEL_UNSUPPORTED with the place, and the message that the template does not take */
  readonly write: (messages: readonly Message[], request: ChatRequest) => string;
}

interface ChatRequest {
  /** Where the chat is, for errors. */
  readonly where: string;
  /** What begins the assistant's next turn follows. */
  readonly prompting?: true;
}

/** Templates that ask for a date get this one, on every day: rows are to become the same tokens tomorrow. */
const date = '26 Jul 2024';

/** Of all that decides what chats are written as. */
export function templateHash({ chatTemplate, specialTokens }: ModelTokenizer): string {
  return sha256(canonicalJson({ chatTemplate: demandTemplate(chatTemplate), specialTokens }));
}

/** @throws MODEL_UNSUPPORTED where the tokenizer has no template, or one that cannot be followed */
export function openChatTemplate({ chatTemplate, specialTokens }: ModelTokenizer): ChatTemplate {
  const template = parsed(demandTemplate(chatTemplate));
  const render = (messages: readonly Message[], prompting: boolean) =>
    template.render({
      ...specialTokens,
      messages: messages.map((each) => ({ ...each })),
      add_generation_prompt: prompting,
      date_string: date,
      same_date: () => date,
    });
  return {
    write: (messages, { where, prompting = false }) => {
      try {
        return render(messages, prompting);
      } catch (cause) {
        const taken = (count: number) => succeeds(() => render(messages.slice(0, count), prompting));
        throw notTaken(cause, messages, { where, message: firstRefused(messages.length, taken) });
      }
    },
  };
}

/** Number of the first message with which a chat is refused that was taken up to there. @param length of a chat that is */
function firstRefused(length: number, taken: (count: number) => boolean): number {
  let refused = length;
  while (refused > 1 && !taken(refused - 1)) refused -= 1;
  return refused;
}

function succeeds(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

function notTaken(
  cause: unknown,
  messages: readonly Message[],
  { where, message }: { readonly where: string; readonly message: number },
): DropsweepError {
  const role = messages[message - 1]?.role;
  const which = role === undefined ? 'before message 1' : `message ${message} of ${messages.length} (${role})`;
  return new DropsweepError('MODEL_UNSUPPORTED', 'the base’s chat template does not take a chat of the data', {
    where: `${where}, ${which}`,
    got: messageOf(cause),
    expected: 'a chat that the template in tokenizer_config.json, or chat_template.jinja, writes',
    fix: 'correct the chat (some templates take user and assistant in turns alone, or no system), or use a folder of the base with another template in chat_template.jinja',
    cause,
  });
}

/** The library's clock is replaced; the line's own end is trimmed as a block's, which may not cost the template one. */
function undated(template: string): string {
  return `{% set strftime_now = same_date %}${template.startsWith('\n') ? '\n' : ''}`;
}

function demandTemplate(template: string | null): string {
  if (template !== null) return template;
  throw new DropsweepError('MODEL_UNSUPPORTED', 'the base has no chat template to write chats by', {
    where: 'tokenizer_config.json: chat_template',
    got: 'none, and no chat_template.jinja beside it',
    expected: 'a template in Jinja, as models that were trained for chats have it',
    fix: 'choose such a base (often called Instruct or Chat), use a folder of it with a template in chat_template.jinja, or give rows of instruction and output with prompt: alpaca',
  });
}

function parsed(text: string): Template {
  try {
    return new Template(`${undated(text)}${text}`);
  } catch (cause) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the base’s chat template cannot be read', {
      where: 'tokenizer_config.json: chat_template, or chat_template.jinja',
      got: messageOf(cause),
      expected: 'a template in Jinja, as transformers takes it',
      fix: 'correct it, or use a folder of the base with another template in chat_template.jinja',
      cause,
    });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
