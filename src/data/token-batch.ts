import type { BatchLabels, TokenBatch } from '../train/adapter-engine.ts';
import type { BatchRows } from './epoch-batches.ts';
import type { TokenisedRows } from './tokenise.ts';

/** Tensors of a batch: ids padded with `padId` and attention 0 to the batch's length. */
export function tokenBatch(tokens: TokenisedRows, batch: BatchRows, padId: number): TokenBatch {
  const { rows, length } = batch;
  const inputIds = new BigInt64Array(rows.length * length).fill(BigInt(padId));
  const attentionMask = new BigInt64Array(rows.length * length);
  const tokenTypeIds = new BigInt64Array(rows.length * length);
  for (const [position, row] of rows.entries()) {
    const ids = tokens.inputIds[row] ?? [];
    const types = tokens.tokenTypeIds[row] ?? [];
    for (const [column, id] of ids.entries()) {
      const at = position * length + column;
      inputIds[at] = BigInt(id);
      attentionMask[at] = 1n;
      tokenTypeIds[at] = BigInt(types[column] ?? 0);
    }
  }
  return { rows: rows.length, length, inputIds, attentionMask, tokenTypeIds, samples: rows };
}

/** Labels of a batch: class indices as int64, targets of a regression as float32. */
export function batchLabels(
  tokens: TokenisedRows,
  batch: BatchRows,
  kind: 'classification' | 'regression',
): BatchLabels {
  const labels = Array.from(batch.rows, (row) => tokens.labels[row] ?? 0);
  return kind === 'classification' ? BigInt64Array.from(labels, BigInt) : Float32Array.from(labels);
}
