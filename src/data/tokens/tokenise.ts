import type { Encoding, Tokenizer } from 'tokenizers';

/** A text, or a pair of texts, as the tokenizer takes it; the binding takes no words. */
export interface TextPair {
  readonly text: string;
  readonly text_pair?: string;
}

/** How long texts are cut. */
export interface Cutting {
  /** Tokens in all; absent: texts are not cut. */
  readonly maxLength?: number;
  /** The end that is cut off. */
  readonly truncationSide?: 'left' | 'right';
  /** Absent: as the model's own post-processor adds them. */
  readonly specialTokens?: false;
  /** Told how many of the texts are done, as it goes on. */
  readonly told?: Tokenised | undefined;
}

export type Tokenised = (done: number, of: number) => void;

/** Tokenisations that run at once: each holds one promise of the binding's thread pool. */
const AT_ONCE = 512;

/** Characters of them: what the binding keeps of a text until the garbage collector comes is a hundred times as long. */
const CHARACTERS_AT_ONCE = 2 ** 18;

/**
 * Tokenises with the model's own tokenizer: special tokens and type ids as its post-processor says, pairs cut longest
 * first to `maxLength` tokens in all, as transformers' `truncation=True` does. The file's own truncation and padding are
 * replaced.
 */
export async function tokenise<Read>(
  tokenizer: Tokenizer,
  texts: readonly TextPair[],
  { maxLength, truncationSide = 'right', specialTokens, told }: Cutting,
  read: (encoding: Encoding, index: number) => Read,
): Promise<Read[]> {
  tokenizer.disablePadding();
  if (maxLength === undefined) tokenizer.disableTruncation();
  else tokenizer.setTruncation(maxLength, { direction: truncationSide });
  const addSpecialTokens = specialTokens ?? true;
  const results: Read[] = [];
  for (const part of parts(texts)) {
    const encodings = await Promise.all(
      part.map(({ text, text_pair: pair }) => tokenizer.encode(text, pair ?? null, { addSpecialTokens })),
    );
    for (const encoding of encodings) results.push(read(encoding, results.length));
    told?.(results.length, texts.length);
  }
  return results;
}

/** Texts that are tokenised at once, one of them at least. */
function* parts(texts: readonly TextPair[]): Generator<readonly TextPair[]> {
  let start = 0;
  let characters = 0;
  for (const [index, { text, text_pair: pair = '' }] of texts.entries()) {
    const own = text.length + pair.length;
    if (index > start && (index - start === AT_ONCE || characters + own > CHARACTERS_AT_ONCE)) {
      yield texts.slice(start, index);
      start = index;
      characters = 0;
    }
    characters += own;
  }
  if (start < texts.length) yield texts.slice(start);
}
