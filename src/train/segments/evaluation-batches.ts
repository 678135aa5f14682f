import { type AlikeInputs, alikeInputs } from '../../data/batches/alike-inputs.ts';
import { type EncodedInput, inputLengths } from '../../data/encoded-rows.ts';
import { type BatchRows, sortedBatches } from '../../data/batches/epoch-batches.ts';

/** Rows of one forward pass at most. Fixed: results do not depend on it, memory does. */
const EVALUATION_ROWS = 32;

/** Tokens of a row up to which as many rows pass at once as are allowed: attention's memory grows with their square. */
const WHOLE_BATCH_TOKENS = 256;

/** The size of a forward pass: rows, and tokens of each. */
export interface EvaluationSize {
  readonly rows: number;
  readonly length: number;
  /** Tokens before those that are read once for all rows; 0: none. */
  readonly shared: number;
}

/**
 * Batches of a part's inputs by their lengths, of fewer rows where these are long.
 * @param shared tokens of each that are read once for all of the part
 */
export function evaluationBatches(
  inputs: readonly EncodedInput[],
  { numbers }: AlikeInputs,
  shared: number,
): readonly BatchRows[] {
  const lengths = inputLengths(numbers.flatMap((number) => inputs[number] ?? [])).map((length) => length - shared);
  return sortedBatches(lengths, EVALUATION_ROWS).flatMap(({ rows, length }) => {
    const whole = rows.map((position) => numbers[position] ?? 0);
    const atOnce = rowsAtOnce(length, shared);
    const parts = Math.ceil(whole.length / atOnce);
    return Array.from({ length: parts }, (_, part) => ({
      length,
      rows: whole.subarray(part * atOnce, (part + 1) * atOnce),
    }));
  });
}

function rowsAtOnce(length: number, shared: number): number {
  const share = WHOLE_BATCH_TOKENS ** 2 / (length * (length + shared));
  return Math.max(1, Math.floor(EVALUATION_ROWS * Math.min(1, share)));
}

/** The largest pass over rows of so many tokens that share nothing. */
export function sizeOf(length: number): EvaluationSize {
  return { rows: rowsAtOnce(length, 0), length, shared: 0 };
}

/**
 * The sizes that decide what memory an evaluation of these inputs takes: of those with something read once and of those
 * without, the ones with the most tokens, the most scores of attention, and the longest beginning.
 * @param sharing whether beginnings are read once: not where each row drops elements of its own
 */
export function largestSizes(inputs: readonly EncodedInput[], sharing: boolean): readonly EvaluationSize[] {
  const sizes = alikeInputs(inputs).flatMap((part) => {
    const shared = sharing ? part.beginning.length : 0;
    return evaluationBatches(inputs, part, shared).map(({ rows, length }) => ({ rows: rows.length, length, shared }));
  });
  return [sizes.filter(({ shared }) => shared === 0), sizes.filter(({ shared }) => shared > 0)].flatMap((alike) => [
    ...new Set(measures.flatMap((measure) => largestBy(alike, measure) ?? [])),
  ]);
}

const measures: readonly ((size: EvaluationSize) => number)[] = [
  ({ rows, length }) => rows * length,
  ({ rows, length, shared }) => rows * length * (length + shared),
  ({ rows, shared }) => rows * shared,
  ({ shared }) => shared,
];

function largestBy<Item>(items: readonly Item[], measure: (item: Item) => number): Item | null {
  let most: Item | null = null;
  for (const item of items) if (most === null || measure(item) > measure(most)) most = item;
  return most;
}
