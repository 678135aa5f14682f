import { Tokenizer } from 'tokenizers';
import { DropsweepError } from '../base/errors.ts';
import { besideModel } from '../base/model-place.ts';
import type { LabelledRow } from '../sweep/vocabulary.ts';

/** Token ids of rows, without padding, and what the rows are to be predicted as. */
export interface TokenisedRows {
  readonly inputIds: readonly (readonly number[])[];
  readonly tokenTypeIds: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** Tokenisations that run at once: each holds one promise of the binding's thread pool. */
const AT_ONCE = 512;

/**
 * Tokenises with the model's own tokenizer.json: special tokens and type ids as its post-processor says, pairs cut
 * longest first to `maxLength` tokens in all, as transformers' `truncation=True` does. The file's own truncation
 * and padding are replaced.
 * @param modelFolder holds tokenizer.json; or an ONNX file beside it
 * @throws DropsweepError MODEL_UNSUPPORTED when the file is missing or is none
 */
export async function tokenise(
  modelFolder: string,
  rows: readonly LabelledRow[],
  maxLength: number,
): Promise<TokenisedRows> {
  const tokenizer = openTokenizer(besideModel(modelFolder, 'tokenizer.json'));
  tokenizer.disablePadding();
  tokenizer.setTruncation(maxLength);
  const inputIds: number[][] = [];
  const tokenTypeIds: number[][] = [];
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const part = rows.slice(start, start + AT_ONCE);
    const encodings = await Promise.all(part.map((row) => tokenizer.encode(row.text, row.text_pair ?? null)));
    for (const encoding of encodings) {
      inputIds.push(encoding.getIds());
      tokenTypeIds.push(encoding.getTypeIds());
    }
  }
  return { inputIds, tokenTypeIds, labels: rows.map((row) => row.label) };
}

function openTokenizer(path: string): Tokenizer {
  try {
    return Tokenizer.fromFile(path);
  } catch (error) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the tokenizer cannot be opened', {
      where: path,
      expected: 'a tokenizer.json as Hugging Face writes it',
      fix: 'save the tokenizer with transformers (save_pretrained) beside the weights',
      cause: error,
    });
  }
}
