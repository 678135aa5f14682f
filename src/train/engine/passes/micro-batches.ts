import type { BatchLabels, TokenBatch } from '../adapter-engine.ts';

export interface MicroBatch {
  readonly batch: TokenBatch;
  readonly labels: BatchLabels;
  /** Weight of its mean loss in the whole batch's. */
  readonly share: number;
}

const ignored = -100n;

/**
 * A batch cut into parts of so many rows, in order. A part's share is that of its rows, or, where each token has a
 * label, of its labels that are not ignored: the first token's never counts, a language model predicts it from nothing.
 * @param rows null: one part
 * @param perToken whether labels are of tokens
 */
export function microBatches(
  batch: TokenBatch,
  labels: BatchLabels,
  rows: number | null,
  perToken: boolean,
): readonly MicroBatch[] {
  if (rows === null || rows >= batch.rows) return [{ batch, labels, share: 1 }];
  const columns = labels.length / batch.rows;
  const starts = Array.from({ length: Math.ceil(batch.rows / rows) }, (_, part) => part * rows);
  const parts = starts.map((start) => {
    const end = Math.min(batch.rows, start + rows);
    const tokens = (data: BigInt64Array) => data.subarray(start * batch.length, end * batch.length);
    const own = labels.subarray(start * columns, end * columns);
    return {
      batch: {
        rows: end - start,
        length: batch.length,
        inputIds: tokens(batch.inputIds),
        attentionMask: tokens(batch.attentionMask),
        tokenTypeIds: tokens(batch.tokenTypeIds),
        samples: batch.samples.subarray(start, end),
      },
      labels: own,
      weight: perToken ? countLabels(own, columns) : end - start,
    };
  });
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.map(({ weight, ...part }) => ({ ...part, share: total === 0 ? 0 : weight / total }));
}

function countLabels(labels: BatchLabels, columns: number): number {
  let count = 0;
  labels.forEach((label: bigint | number, at: number) => {
    if (at % columns !== 0 && label !== ignored) count += 1;
  });
  return count;
}
