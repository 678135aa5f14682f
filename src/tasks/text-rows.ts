import type { EncodedInput, EncodedRows } from '../data/encoded-rows.ts';
import { isBlank, type RawRow, readText } from '../data/raw-row.ts';
import { tokenise } from '../data/tokens/tokenise.ts';
import type { TaskColumn } from '../sweep/file/task-section.ts';
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
  return { ...freezePair(row), label };
}

/** The text of a row, or both. @throws DATA_INVALID where one is missing */
export function freezePair(row: RawRow): { readonly text: string; readonly text_pair?: string } {
  const text = readText(row, 'text');
  return row.cells['text_pair'] === undefined ? { text } : { text, text_pair: readText(row, 'text_pair') };
}

/** @throws Error where another task froze the row */
export function thawText(row: FrozenRow): LabelledText {
  const { text, text_pair, label } = row;
  if (typeof text !== 'string' || typeof label !== 'number') throw new Error('the row was frozen by another task');
  return typeof text_pair === 'string' ? { text, text_pair, label } : { text, label };
}

export function textContent({ text, text_pair: pair }: FrozenRow): string {
  return [text, pair].filter((part) => typeof part === 'string').join(' ⏎ ');
}

export function textSequences({ text_pair: pair }: FrozenRow): 1 | 2 {
  return typeof pair === 'string' ? 2 : 1;
}

export function isEmptyText({ text, text_pair: pair }: FrozenRow): boolean {
  return [text, pair].some((part) => typeof part === 'string' && isBlank(part));
}

export function textCharacters({ text, text_pair: pair }: FrozenRow): number {
  return [text, pair].reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
}

/** One input for each row, cut to the longest that is wanted. */
export async function encodeTexts(rows: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows> {
  const texts = rows.map(thawText);
  return encodePairs({ rows, texts, labels: texts.map(({ label }) => [label]) }, request);
}

interface LabelledTexts {
  readonly rows: readonly FrozenRow[];
  readonly texts: readonly { readonly text: string; readonly text_pair?: string }[];
  /** Numbers that the loss compares, of each row. */
  readonly labels: readonly (readonly number[])[];
}

/** One input for each row, with its labels. */
export async function encodePairs(
  { rows, texts, labels }: LabelledTexts,
  { tokenizer, truncationSide, maxLength, tokenised: told }: EncodeRequest,
): Promise<EncodedRows> {
  const inputs = await tokenise(
    tokenizer,
    texts,
    { maxLength, truncationSide, told },
    (encoding, row): EncodedInput => {
      const ids = Int32Array.from(encoding.getIds());
      return { ids, typeIds: Uint8Array.from(encoding.getTypeIds()), labels: labels[row] ?? [], row };
    },
  );
  return { rows, inputs };
}

/** The inputs of encodeTexts without their tokens. */
export function outlineTexts(rows: readonly FrozenRow[]): EncodedRows {
  return outlined(rows, (row) => ({ labels: [thawText(row).label] }));
}

/** An input without tokens for each row. */
export function outlined(
  rows: readonly FrozenRow[],
  of: (row: FrozenRow) => Pick<EncodedInput, 'labels' | 'outputs'>,
): EncodedRows {
  const [ids, typeIds] = [new Int32Array(0), new Uint8Array(0)];
  return { rows, inputs: rows.map((each, row) => ({ ids, typeIds, row, ...of(each) })) };
}

/** The label of each input. */
export function labelsOf({ inputs }: EncodedRows): number[] {
  return inputs.map(({ labels }) => labels[0] ?? Number.NaN);
}
