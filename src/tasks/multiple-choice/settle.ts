import { DropsweepError } from '../../base/errors.ts';
import { tokenise } from '../../data/tokenise.ts';
import type { ModelTokenizer } from '../../data/open-tokenizer.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';

/**
 * Which tokens stand for the letters after `Answer:`, with a space between as in the examples. Where a tokenizer parts the
 * space from the letter, the letter alone is likely or not.
 * @throws MODEL_UNSUPPORTED where letters are told apart by more than one token
 */
export async function settle(shape: TaskShape, { tokenizer }: ModelTokenizer): Promise<TaskShape> {
  const texts = shape.label_names.map((letter) => ({ text: `\nAnswer: ${letter}` }));
  const found = await tokenise(tokenizer, texts, { specialTokens: false }, (encoding) => encoding.getIds());
  const letters = found.map((ids) => ids.at(-1) ?? -1);
  const before = new Set(found.map((ids) => ids.slice(0, -1).join()));
  if (before.size === 1 && new Set(letters).size === letters.length)
    return { ...shape, settings: { ...shape.settings, letter_tokens: letters } };
  throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer has no token for each letter of an answer', {
    where: 'tokenizer.json',
    got: found.map((ids, index) => `${shape.label_names[index]}: ${ids.join(' ')}`).join(', '),
    expected: 'one token that differs between “Answer: A”, “Answer: B” and so on',
    fix: 'choose another base model',
  });
}

/** @throws Error where the task was not settled */
export function letterTokens({ settings = {} }: TaskShape): readonly number[] {
  const { letter_tokens: tokens } = settings;
  if (!Array.isArray(tokens)) throw new Error('letters have no tokens before the base model is known');
  return tokens.map(Number);
}
