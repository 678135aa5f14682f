import type { EncodedInput, EncodedRows } from '../data/encoded-rows.ts';
import { type RawRow, readText } from '../data/raw-row.ts';
import { tokenise } from '../data/tokenise.ts';
import type { TaskColumn } from '../sweep/task-section.ts';
import type { FrozenRow } from '../sweep/vocabulary.ts';
import type { EncodeRequest } from './task.ts';

export const textColumns: readonly TaskColumn[] = [
  { name: 'text', holds: 'the text' },
  { name: 'text_pair', optional: true, holds: 'the second text of a pair' },
  { name: 'label', holds: 'the label' },
];

/** A text, or a pair of them, with what is to be predicted: the index of a class, or a target. */
export interface LabelledText {
  readonly text: string;
  readonly text_pair?: string;
  readonly label: number;
}

/** @throws DATA_INVALID where a text is missing */
export function freezeText(row: RawRow, label: number): FrozenRow {
  const text = readText(row, 'text');
  return row.cells['text_pair'] === undefined
    ? { text, label }
    : { text, text_pair: readText(row, 'text_pair'), label };
}

/** @throws Error where another task froze the row */
export function thawText(row: FrozenRow): LabelledText {
  const { text, text_pair, label } = row;
  if (typeof text !== 'string' || typeof label !== 'number') throw new Error('the row was frozen by another task');
  return typeof text_pair === 'string' ? { text, text_pair, label } : { text, label };
}

export function textCharacters(row: FrozenRow): number {
  const { text, text_pair = '' } = thawText(row);
  return text.length + text_pair.length;
}

/** One input for each row, cut to the longest that is wanted. */
export async function encodeTexts(
  rows: readonly FrozenRow[],
  { tokenizer, maxLength }: EncodeRequest,
): Promise<EncodedRows> {
  const texts = rows.map(thawText);
  const inputs = await tokenise(tokenizer, texts, { maxLength }, (encoding, row): EncodedInput => {
    const labels = texts[row] === undefined ? [] : [texts[row].label];
    return { ids: encoding.getIds(), typeIds: encoding.getTypeIds(), labels, row };
  });
  return { rows, inputs };
}

/** The label of each input. */
export function labelsOf({ inputs }: EncodedRows): number[] {
  return inputs.map(({ labels }) => labels[0] ?? Number.NaN);
}
