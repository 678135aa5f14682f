import { stream } from '../../random/stream.ts';
import { bucketOf, lengthBuckets } from './length-buckets.ts';

/** Rows that make one step, padded to one length. */
export interface BatchRows {
  readonly rows: Uint32Array;
  readonly length: number;
}

/** How a set of rows is cut into batches; a function of lengths and batch size alone. */
export interface BatchPlan {
  readonly lengths: readonly number[];
  readonly batchSize: number;
  /** Padded lengths that occur, ascending. */
  readonly buckets: readonly number[];
  /** Batches whose rows are sorted by length among themselves. */
  readonly windowBatches: number;
}

const PADDING_AIM = 0.12;
const LARGEST_WINDOW_BATCHES = 64;
const PLANNING_SEED = 0;

export function stepsPerEpoch(rows: number, batchSize: number): number {
  return Math.ceil(rows / batchSize);
}

/**
 * Chooses the bucket lengths and the smallest sorting window that keeps padding under 12 % of the tokens, so that
 * batches stay as near to a plain shuffle as that allows. A window is at most a quarter of an epoch, or two batches.
 */
export function planBatches(lengths: readonly number[], batchSize: number): BatchPlan {
  const buckets = lengthBuckets(lengths);
  const quarter = Math.max(2, Math.floor(stepsPerEpoch(lengths.length, batchSize) / 4));
  let windowBatches = 1;
  let plan: BatchPlan = { lengths, batchSize, buckets, windowBatches };
  while (paddingShare(plan, epochBatches(plan, PLANNING_SEED, 0)) > PADDING_AIM) {
    windowBatches *= 2;
    if (windowBatches > Math.min(quarter, LARGEST_WINDOW_BATCHES)) break;
    plan = { ...plan, windowBatches };
  }
  return plan;
}

/**
 * The batches of one epoch: every row once, all batches full but the last. Rows are shuffled, sorted by length within
 * windows of that shuffle, cut, and the full batches shuffled again. Drawn from stream (seed, 'order', epoch).
 */
export function epochBatches(plan: BatchPlan, seed: number, epoch: number): BatchRows[] {
  const { lengths, batchSize } = plan;
  const random = stream(seed, 'order', epoch);
  const order = random.permutation(lengths.length);
  const fullRows = lengths.length - (lengths.length % batchSize);
  const windowRows = plan.windowBatches * batchSize;
  const batches: BatchRows[] = [];
  for (let start = 0; start < fullRows; start += windowRows) {
    const window = order.slice(start, Math.min(start + windowRows, fullRows));
    window.sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
    for (let cut = 0; cut < window.length; cut += batchSize)
      batches.push(padded(plan, window.slice(cut, cut + batchSize)));
  }
  const shuffled = Array.from(random.permutation(batches.length), (index) => batches[index]);
  const result = shuffled.filter((batch) => batch !== undefined);
  // The smaller batch takes the longest bucket: one more shape, whatever rows fall into it.
  if (fullRows < lengths.length) result.push({ rows: order.slice(fullRows), length: plan.buckets.at(-1) ?? 0 });
  return result;
}

/** Batches for evaluation: sorted by length, every row once. Row indices say where each prediction belongs. */
export function sortedBatches(lengths: readonly number[], batchSize: number): BatchRows[] {
  const plan = { lengths, batchSize, buckets: lengthBuckets(lengths), windowBatches: 1 };
  const order = Uint32Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const batches: BatchRows[] = [];
  for (let cut = 0; cut < order.length; cut += batchSize) batches.push(padded(plan, order.slice(cut, cut + batchSize)));
  return batches;
}

function padded(plan: BatchPlan, rows: Uint32Array): BatchRows {
  const longest = rows.reduce((most, row) => Math.max(most, plan.lengths[row] ?? 0), 0);
  return { rows, length: bucketOf(plan.buckets, longest) };
}

/** Share of the batches' tokens that are padding. */
export function paddingShare(plan: Pick<BatchPlan, 'lengths'>, batches: readonly BatchRows[]): number {
  const all = batches.reduce((sum, batch) => sum + batch.rows.length * batch.length, 0);
  const used = plan.lengths.reduce((sum, length) => sum + length, 0);
  return all === 0 ? 0 : 1 - used / all;
}
