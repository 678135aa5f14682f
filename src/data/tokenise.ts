import type { Encoding, Tokenizer } from 'tokenizers';

/** A text, or a pair of texts, as the tokenizer takes it. */
export interface TextPair {
  readonly text: string;
  readonly text_pair?: string;
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
  maxLength: number,
  read: (encoding: Encoding, index: number) => Read,
): Promise<Read[]> {
  tokenizer.disablePadding();
  tokenizer.setTruncation(maxLength);
  const results: Read[] = [];
  for (let start = 0; start < texts.length; start += AT_ONCE) {
    const part = texts.slice(start, start + AT_ONCE);
    const encodings = await Promise.all(part.map((each) => tokenizer.encode(each.text, each.text_pair ?? null)));
    for (const encoding of encodings) results.push(read(encoding, results.length));
  }
  return results;
}
