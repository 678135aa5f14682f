import type { FrozenRow } from '../sweep/vocabulary.ts';

/** One sequence that passes through the model: a row, or a window of one. Without padding. */
export interface EncodedInput {
  readonly ids: Int32Array;
  readonly typeIds: Uint8Array;
  /** Targets of the loss: one number, one of each column, or one of each token. */
  readonly labels: readonly number[];
  /** Number of its row among the rows. */
  readonly row: number;
  /** Which others it begins like, by a number of theirs, and for how many tokens; absent: like none. */
  readonly alike?: { readonly group: number; readonly tokens: number };
  /** How many of the head's numbers are its own, the first of them; absent: all. */
  readonly outputs?: number;
  /** Tokens of each text, where it holds several that know nothing of one another; absent: one. */
  readonly texts?: readonly number[];
  /**
   * Where each token begins and ends in the row's text, in code points; −1 where in none. Of tasks that cut texts
   * alone.
   */
  readonly spans?: Int32Array;
  /** Number in its row of the word of each label that counts; absent: words follow one another, none left out. */
  readonly words?: readonly number[];
}

/** Rows of a data set with all inputs that are made of them, in their order. */
export interface EncodedRows {
  readonly rows: readonly FrozenRow[];
  readonly inputs: readonly EncodedInput[];
  /** What of the rows was cut off; absent: the task does not say. */
  readonly cut?: CutCounts;
}

/** How many rows lost what, under the task's own names. */
export type CutCounts = Readonly<Record<string, number>>;

/** The inputs of some rows alone, in this order. */
export function selectRows({ rows, inputs }: EncodedRows, chosen: Uint32Array): EncodedRows {
  const ofRow = new Map<number, EncodedInput[]>();
  for (const input of inputs) {
    const known = ofRow.get(input.row);
    if (known === undefined) ofRow.set(input.row, [input]);
    else known.push(input);
  }
  const selected: FrozenRow[] = [];
  const their: EncodedInput[] = [];
  for (const number of chosen) {
    const row = rows[number];
    if (row === undefined) throw new RangeError(`no row ${number} among ${rows.length}`);
    for (const input of ofRow.get(number) ?? []) their.push({ ...input, row: selected.length });
    selected.push(row);
  }
  return { rows: selected, inputs: their };
}

/** What the inputs of each row weigh together. */
export function inputWeights(
  inputs: readonly EncodedInput[],
  rows: number,
  weightOf: (input: EncodedInput) => number,
): Float64Array {
  const weights = new Float64Array(rows);
  for (const input of inputs) weights[input.row] = (weights[input.row] ?? 0) + weightOf(input);
  return weights;
}

export function inputLengths(inputs: readonly EncodedInput[]): number[] {
  return inputs.map(({ ids }) => ids.length);
}
