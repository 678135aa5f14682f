import type { EncodedInput, EncodedRows } from '../../data/encoded-rows.ts';
import { framed, sequenceFrame, windowStarts } from '../../data/tokens/token-windows.ts';
import { codePointCount } from '../../data/tokens/code-points.ts';
import { tokenise } from '../../data/tokens/tokenise.ts';
import type { FrozenRow } from '../../sweep/vocabulary.ts';
import type { EncodeRequest } from '../task.ts';
import { thawTags } from './rows.ts';

/** Of tokens that are no word's first. */
const ignored = -100;

/**
 * A sentence is one input, or as many as its tokens fill, so that no word is cut off. A word's first token has its tag;
 * the others, and special tokens, have none, and neither has a word that the tokenizer makes nothing of.
 */
export async function encode(
  frozen: readonly FrozenRow[],
  { tokenizer, maxLength, tokenised: told }: EncodeRequest,
): Promise<EncodedRows> {
  const sentences = frozen.map(thawTags);
  const frame = await sequenceFrame(tokenizer, 1);
  const room = maxLength - frame.size;
  const texts = sentences.map(({ tokens }) => ({ text: tokens.join(' ') }));
  const inputs = await tokenise(tokenizer, texts, { specialTokens: false, told }, (encoding, row) => {
    const ids = encoding.getIds();
    const { tokens = [], tags: own = [] } = sentences[row] ?? {};
    const words = wordsOf(encoding.getOffsets(), tokens);
    const isFirst = (word: number, token: number): boolean => word >= 0 && word !== words[token - 1];
    const tags = words.map((word, token) => (isFirst(word, token) ? (own[word] ?? ignored) : ignored));
    const named = words.filter(isFirst);
    const isWhole = named.length === tokens.length && named.every((word, index) => word === index);
    return windowStarts(ids.length, room, 0).map((start): EncodedInput => {
      const part = framed(frame, [ids.slice(start, start + room)]);
      const labels = Array.from(part.ids, () => ignored);
      for (const [token, tag] of tags.slice(start, start + room).entries()) labels[(part.starts[0] ?? 0) + token] = tag;
      if (isWhole) return { ids: part.ids, typeIds: part.typeIds, labels, row };
      const theirs = words.filter((word, token) => token >= start && token < start + room && isFirst(word, token));
      return { ids: part.ids, typeIds: part.typeIds, labels, row, words: theirs };
    });
  });
  return { rows: frozen, inputs: inputs.flat() };
}

/**
 * Which word each token is of, by the last of its code points, since a first one may be the space before: −1 for none.
 * @param offsets start and end of each token in the words with a space between them
 */
function wordsOf(offsets: readonly (readonly number[])[], words: readonly string[]): number[] {
  let word = 0;
  let wordEnd = codePointCount(words[0] ?? '');
  return offsets.map(([start = 0, end = 0]) => {
    while (end - 1 >= wordEnd && word + 1 < words.length) {
      word += 1;
      wordEnd += 1 + codePointCount(words[word] ?? '');
    }
    return start === end ? -1 : word;
  });
}

/** Places of an input's tokens that have a tag. */
export function taggedTokens({ labels }: EncodedInput): readonly number[] {
  return labels.flatMap((label, token) => (label === ignored ? [] : [token]));
}
