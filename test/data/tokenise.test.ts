import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';
import { classLoss, squaredLoss } from '../../src/models/heads/losses.ts';
import { encodedTexts } from '../support/encoded.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-tokenise-'));
  writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('rows get special tokens and type ids, and pairs are cut longest first', async () => {
  const rows = [
    { text: 'good film', label: 1 },
    { text: 'the the the the the the', text_pair: 'bad day', label: 0 },
  ];
  const { inputs } = await encodedTexts(folder, rows, 8);
  expect(inputs.map(({ ids }) => [...ids])).toEqual([
    [2, 4, 14, 3],
    [2, 12, 12, 12, 3, 8, 15, 3],
  ]);
  expect(Array.from(inputs[1]?.typeIds ?? [])).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
  const batch = { rows: Uint32Array.of(1, 0), length: 9 };
  const tensors = tokenBatch(inputs, batch, 0);
  expect(tensors).toMatchObject({ rows: 2, length: 9 });
  expect([...tensors.inputIds.subarray(9)]).toEqual([2n, 4n, 14n, 3n, 0n, 0n, 0n, 0n, 0n]);
  expect([...tensors.attentionMask.subarray(9)]).toEqual([1n, 1n, 1n, 1n, 0n, 0n, 0n, 0n, 0n]);
  expect([...tensors.attentionMask.subarray(0, 9)]).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n]);
  expect(batchLabels(inputs, batch, classLoss().labels)).toEqual(BigInt64Array.of(0n, 1n));
  expect(batchLabels(inputs, batch, squaredLoss.labels)).toEqual(Float32Array.of(0, 1));
});

test('a folder without a tokenizer is MODEL_UNSUPPORTED', async () => {
  await expect(encodedTexts(join(folder, 'absent'), [], 8)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
});

const data = sharedFolder('data');

// The ids are those of transformers' AutoTokenizer with truncation=True, max_length=12.
test.skipIf(data === null)(
  "MiniLM's tokenizer agrees with transformers (skipped where the data is absent)",
  async () => {
    const rows = [
      {
        text: 'Amrozi accused his brother of deliberately distorting',
        text_pair: 'Referring to him as only the witness Amrozi accused',
        label: 0,
      },
      { text: 'Ünï 漢字 \u0000 x', label: 0 },
    ];
    const { inputs } = await encodedTexts(join(data ?? '', 'tokenizers', 'all-MiniLM-L6-v2'), rows, 12);
    expect(inputs.map(({ ids }) => [...ids])).toEqual([
      [101, 2572, 3217, 5831, 5496, 102, 7727, 2000, 2032, 2004, 2069, 102],
      [101, 4895, 2072, 1904, 100, 1060, 102],
    ]);
    expect(Array.from(inputs[0]?.typeIds ?? [])).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  },
);
