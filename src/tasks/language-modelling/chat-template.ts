import { Template } from '@huggingface/jinja';
import { canonicalJson } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { ModelTokenizer } from '../../data/open-tokenizer.ts';
import type { Message } from './rows.ts';

/** How a model writes chats: its tokenizer's own template. */
export interface ChatTemplate {
  /** @param prompting whether what begins the assistant's next turn follows */
  readonly write: (messages: readonly Message[], prompting: boolean) => string;
}

/** Templates that ask for a date get this one, on every day: rows are to become the same tokens tomorrow. */
const date = '26 Jul 2024';

/** Of all that decides what chats are written as. */
export function templateHash({ chatTemplate, specialTokens }: ModelTokenizer): string {
  return sha256(canonicalJson({ chatTemplate: demandTemplate(chatTemplate), specialTokens }));
}

/** @throws MODEL_UNSUPPORTED where the tokenizer has no template, or one that cannot be followed */
export function openChatTemplate({ chatTemplate, specialTokens }: ModelTokenizer): ChatTemplate {
  const text = demandTemplate(chatTemplate);
  const template = attempt('cannot be read', () => new Template(`${undated(text)}${text}`));
  return {
    write: (messages, prompting) =>
      attempt('does not take a chat of the data', () =>
        template.render({
          ...specialTokens,
          messages: messages.map((each) => ({ ...each })),
          add_generation_prompt: prompting,
          date_string: date,
          same_date: () => date,
        }),
      ),
  };
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
    fix: 'choose such a base (often called Instruct or Chat), or rows of instruction and output with prompt: alpaca',
  });
}

function attempt<Result>(what: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw new DropsweepError('MODEL_UNSUPPORTED', `the base’s chat template ${what}`, {
      where: 'tokenizer_config.json: chat_template',
      got: cause instanceof Error ? cause.message : String(cause),
      expected: 'a template that writes the data’s chats',
      fix: 'correct the chats (some templates take user and assistant in turns alone), or choose another base',
      cause,
    });
  }
}
