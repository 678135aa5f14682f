import { samplesInOrder } from './samples-in-order.ts';

/** Two rows of four tokens for the tiny model; the second ends in padding. */
export const tinyBatch = {
  rows: 2,
  length: 4,
  inputIds: BigInt64Array.of(2n, 5n, 7n, 3n, 2n, 9n, 3n, 0n),
  attentionMask: BigInt64Array.of(1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n),
  tokenTypeIds: new BigInt64Array(8),
  samples: samplesInOrder(2),
};
