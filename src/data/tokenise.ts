import type { Encoding, Tokenizer, TruncationOptions, TruncationStrategy } from 'tokenizers';

/** A text, its words where it comes in words, or a pair of texts, as the tokenizer takes it. */
export interface TextPair {
  readonly text: string | readonly string[];
  readonly text_pair?: string;
}

/** How long texts are cut. */
export interface Cutting {
  /** Tokens in all; absent: texts are not cut. */
  readonly maxLength?: number;
  /** Absent: pairs are cut longest first. */
  readonly strategy?: 'OnlySecond';
  /** Tokens that what overflows has again; it has to be less than there is room for, or the library ends the process. */
  readonly stride?: number;
  /** Absent: as the model's own post-processor adds them. */
  readonly specialTokens?: false;
}

/** Tokenisations that run at once: each holds one promise of the binding's thread pool. */
const AT_ONCE = 512;

/**
 * Tokenises with the model's own tokenizer: special tokens and type ids as its post-processor says, pairs cut longest
 * first to `maxLength` tokens in all, as transformers' `truncation=True` does. The file's own truncation and padding are
 * replaced.
 */
export async function tokenise<Read>(
  tokenizer: Tokenizer,
  texts: readonly TextPair[],
  { maxLength, strategy, stride, specialTokens }: Cutting,
  read: (encoding: Encoding, index: number) => Read,
): Promise<Read[]> {
  tokenizer.disablePadding();
  if (maxLength === undefined) tokenizer.disableTruncation();
  else tokenizer.setTruncation(maxLength, { ...named(strategy), ...(stride === undefined ? {} : { stride }) });
  const addSpecialTokens = specialTokens ?? true;
  const results: Read[] = [];
  for (let start = 0; start < texts.length; start += AT_ONCE) {
    const part = texts.slice(start, start + AT_ONCE);
    const encodings = await Promise.all(
      part.map(({ text, text_pair: pair }) =>
        typeof text === 'string'
          ? tokenizer.encode(text, pair ?? null, { addSpecialTokens })
          : tokenizer.encode([...text], null, { addSpecialTokens, isPretokenized: true }),
      ),
    );
    for (const encoding of encodings) results.push(read(encoding, results.length));
  }
  return results;
}

/** The library declares its names as an enumeration of the compiler's, which no value can be taken of. */
function named(strategy: Cutting['strategy']): TruncationOptions {
  return strategy === undefined ? {} : { strategy: strategy as TruncationStrategy.OnlySecond };
}
