import type { Json } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { tokenise } from '../../data/tokens/tokenise.ts';
import type { ModelTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { TaskShape } from '../../sweep/vocabulary.ts';

/**
 * Which tokens stand for the letters after `Answer:`, with a space between as in the examples: those that end the text.
 * Where the tokenizer has the space in one token with some letters and apart from others, it is read with the question, and
 * letters are those without it.
 * @throws MODEL_UNSUPPORTED where letters are told apart by more than one token
 */
export async function settle(shape: TaskShape, { tokenizer }: ModelTokenizer): Promise<TaskShape> {
  const texts = shape.label_names.map((letter) => ({ text: `\nAnswer: ${letter}` }));
  const found = await tokenise(tokenizer, texts, { specialTokens: false }, (encoding) => encoding.getIds());
  const settled = (letters: readonly number[], more: Readonly<Record<string, Json>>): TaskShape => ({
    ...shape,
    settings: { ...shape.settings, letter_tokens: letters, ...more },
  });
  const last = found.map((ids) => ids.at(-1) ?? -1);
  const before = new Set(found.map((ids) => ids.slice(0, -1).join()));
  if (before.size === 1 && areDistinct(last)) return settled(last, {});
  const longest = found.reduce((most, ids) => Math.max(most, ids.length), 0);
  const space = found.find((ids) => ids.length === longest)?.at(-2);
  const bare = shape.label_names.map((letter) => tokenizer.tokenToId(letter));
  if (space !== undefined && bare.every((id) => typeof id === 'number') && areDistinct(bare))
    return settled(bare, { space_token: space });
  throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer has no token for each letter of an answer', {
    where: 'tokenizer.json',
    got: found.map((ids, index) => `${shape.label_names[index]}: ${ids.join(' ')}`).join(', '),
    expected: 'one token that differs between “Answer: A”, “Answer: B” and so on',
    fix: 'choose another base model',
  });
}

function areDistinct(ids: readonly number[]): boolean {
  return new Set(ids).size === ids.length;
}

/** The token of a space before the letters, where it is one of its own; null: it is in theirs. */
export function spaceToken({ settings = {} }: TaskShape): number | null {
  const { space_token: space } = settings;
  return typeof space === 'number' ? space : null;
}

/** @throws Error where the task was not settled */
export function letterTokens({ settings = {} }: TaskShape): readonly number[] {
  const { letter_tokens: tokens } = settings;
  if (!Array.isArray(tokens)) throw new Error('letters have no tokens before the base model is known');
  return tokens.map(Number);
}
