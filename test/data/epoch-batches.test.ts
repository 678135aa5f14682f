import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  epochBatches,
  paddingShare,
  planBatches,
  sortedBatches,
  stepsPerEpoch,
} from '../../src/data/batches/epoch-batches.ts';
import { loadDataset } from '../../src/tasks/load-dataset.ts';
import { readGlue } from '../../src/data/benchmarks/read-glue.ts';
import { inputLengths } from '../../src/data/encoded-rows.ts';
import { encodedTexts } from '../support/encoded.ts';
import { stream } from '../../src/random/stream.ts';
import type { FrozenRow } from '../../src/sweep/vocabulary.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { freezeText } from '../../src/tasks/text-rows.ts';

const data = sharedFolder('data');
const lengths = Array.from(stream(1, 'lengths').integers(1003, 90), (extra) => 8 + extra);

test('an epoch holds every row once, in full batches and one smaller at the end', () => {
  const plan = planBatches(lengths, 32);
  const batches = epochBatches(plan, 3, 0);
  expect(batches.length).toBe(stepsPerEpoch(lengths.length, 32));
  expect(batches.map((batch) => batch.rows.length)).toEqual([...Array.from({ length: 31 }, () => 32), 11]);
  const rows = batches.flatMap((batch) => [...batch.rows]).sort((a, b) => a - b);
  expect(rows).toEqual([...lengths.keys()]);
  for (const batch of batches) {
    for (const row of batch.rows) expect(lengths[row]).toBeLessThanOrEqual(batch.length);
  }
});

test('epochs are drawn by seed and epoch alone', () => {
  const plan = planBatches(lengths, 32);
  expect(epochBatches(plan, 3, 5)).toEqual(epochBatches(plan, 3, 5));
  expect(epochBatches(plan, 3, 5)).not.toEqual(epochBatches(plan, 3, 6));
  expect(epochBatches(plan, 3, 5)).not.toEqual(epochBatches(plan, 4, 5));
});

test('a training meets at most twelve batch shapes, however many epochs it runs', () => {
  const plan = planBatches(lengths, 32);
  const shapes = new Set<string>();
  for (let epoch = 0; epoch < 40; epoch += 1) {
    for (const batch of epochBatches(plan, 0, epoch)) shapes.add(`${batch.rows.length}x${batch.length}`);
  }
  expect(shapes.size).toBeLessThanOrEqual(12);
});

test('rows of one length are shuffled plainly, without a sorting window', () => {
  expect(
    planBatches(
      Array.from({ length: 640 }, () => 64),
      32,
    ).windowBatches,
  ).toBe(1);
});

test('a small set is not sorted whole: its batches differ from epoch to epoch', () => {
  const plan = planBatches(lengths.slice(0, 96), 32);
  const members = (epoch: number): string[] =>
    epochBatches(plan, 0, epoch).map((batch) => [...batch.rows].sort((a, b) => a - b).join());
  expect(members(0).filter((batch) => members(1).includes(batch))).toEqual([]);
});

test('batches for evaluation hold every row once, in order of length', () => {
  const batches = sortedBatches(lengths, 50);
  expect(new Set(batches.flatMap((batch) => [...batch.rows])).size).toBe(lengths.length);
  expect(batches.map((batch) => batch.length)).toEqual(batches.map((batch) => batch.length).sort((a, b) => a - b));
});

describe.skipIf(data === null)('with the real tokeniser (skipped where the shared test data is absent)', () => {
  const tokenizerFolder = join(data ?? '', 'tokenizers', 'all-MiniLM-L6-v2');

  async function share(rows: readonly FrozenRow[], maxLength: number): Promise<number> {
    const { inputs } = await encodedTexts(tokenizerFolder, rows, maxLength);
    const plan = planBatches(inputLengths(inputs), 32);
    const worst = [0, 1, 2].map((epoch) => paddingShare(plan, epochBatches(plan, 17, epoch)));
    return Math.max(...worst);
  }

  test('padding stays under 15 % of the tokens of MRPC at 128 tokens', async () => {
    const mrpc = await readGlue({ kind: 'glue', task: 'MRPC', folder: join(data ?? '', 'glue', 'MRPC') });
    const rows = mrpc.train.map((row) => freezeText(row, 0));
    expect(await share(rows, 128)).toBeLessThan(0.15);
  });

  test.each([64, 128, 256])(
    'padding stays under 15 % of the tokens of SpamAssassin at %i tokens',
    async (maxLength) => {
      const { train } = await loadDataset({
        kind: 'text-classification',
        data: { kind: 'package', package: 'spam-assassin' },
        train_rows: 4000,
        dev_rows: 400,
        split_seed: 1,
      });
      expect(await share(train, maxLength)).toBeLessThan(0.15);
    },
  );
});
