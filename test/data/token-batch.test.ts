import { expect, it } from 'vitest';
import { Defect } from '../../src/base/defect.ts';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';

const input = (ids: readonly number[], labels: readonly number[] = [1]) => ({
  ids: Int32Array.from(ids),
  typeIds: new Uint8Array(ids.length),
  labels,
  row: 0,
});

it('an input that is longer than its batch is a defect: it would be written over the row behind it', () => {
  const inputs = [input([2, 5, 7, 3]), input([2, 3])];
  const rows = Uint32Array.of(0, 1);
  expect(tokenBatch(inputs, { rows, length: 4 }, 0).inputIds).toEqual(BigInt64Array.of(2n, 5n, 7n, 3n, 2n, 3n, 0n, 0n));
  expect(() => tokenBatch(inputs, { rows, length: 3 }, 0)).toThrow(Defect);
  expect(() => tokenBatch(inputs, { rows, length: 3 }, 0)).toThrow(
    /input 0 has 4 tokens, and its batch has room for 3/,
  );
});

it('and so are labels: of more columns than the loss takes, or of more tokens than the batch has', () => {
  const inputs = [input([2, 5, 3], [-100, 1, -100]), input([2, 3], [-100, 0])];
  const rows = Uint32Array.of(0, 1);
  const ofTokens = { type: 'int64', columns: 'tokens' } as const;
  expect(batchLabels(inputs, { rows, length: 3 }, ofTokens)).toEqual(
    BigInt64Array.of(-100n, 1n, -100n, -100n, 0n, -100n),
  );
  expect(() => batchLabels(inputs, { rows, length: 2 }, ofTokens)).toThrow(Defect);
  expect(() => batchLabels(inputs, { rows, length: 3 }, { type: 'float', columns: 2 })).toThrow(Defect);
});
