import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import type { EncodedRows } from '../../src/data/encoded-rows.ts';
import type { FrozenRow } from '../../src/sweep/vocabulary.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { classShape } from './evaluated.ts';

/** Labelled texts as a classification makes inputs of them. */
export async function encodedTexts(
  modelFolder: string,
  rows: readonly FrozenRow[],
  maxLength: number,
): Promise<EncodedRows> {
  const shape = classShape(['no', 'yes']);
  return taskOf(shape).encode(rows, { shape, ...openTokenizer(modelFolder), maxLength });
}
