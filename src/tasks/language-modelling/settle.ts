import { DropsweepError } from '../../base/errors.ts';
import type { ModelTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';
import { templateHash } from './chat-template.ts';

/** Which chat template writes the rows, or which token ends a response: both decide what is trained. */
export function settle(shape: TaskShape, tokenizer: ModelTokenizer): TaskShape {
  const { settings = {} } = shape;
  if (settings['prompt'] === 'chat')
    return { ...shape, settings: { ...settings, chat_template: templateHash(tokenizer) } };
  const end = tokenizer.specialTokens['eos_token'];
  return end === undefined ? shape : { ...shape, settings: { ...settings, end_token: end } };
}

/** @throws MODEL_UNSUPPORTED where the base here writes chats otherwise than the one that was launched with */
export function demandTemplateOf({ settings = {} }: TaskShape, tokenizer: ModelTokenizer): void {
  const found = templateHash(tokenizer);
  if (settings['chat_template'] === undefined || settings['chat_template'] === found) return;
  throw new DropsweepError(
    'MODEL_UNSUPPORTED',
    'the base’s chat template is another than the sweep was launched with',
    {
      where: 'tokenizer_config.json: chat_template',
      got: found,
      expected: JSON.stringify(settings['chat_template']),
      fix: 'use the files of the base that the sweep was launched with',
    },
  );
}
