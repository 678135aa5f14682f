import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { trainingHash } from '../../src/sweep/identity.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';

const vectors = join(import.meta.dirname, 'vectors', 'gpt2-seqcls-lora');
const shape = { kind: 'text-classification', label_names: ['a', 'b'] } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-last-'));
  cpSync(join(vectors, 'model.safetensors'), join(folder, 'model.safetensors'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Logits of rows, padded with 0 behind, over a base whose config.json says so of padding. */
async function logitsOf(padTokenId: number | null, rows: readonly (readonly number[])[]): Promise<number[][]> {
  const config: Record<string, unknown> = JSON.parse(readFileSync(join(vectors, 'config.json'), 'utf8'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, pad_token_id: padTokenId }));
  const { objective } = taskOf(shape);
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;
  const engine = await openEngineWithHead(
    { modelFolder: folder, adapter, threads: 1 },
    { head: objective.head(shape), loss: objective.loss(shape) },
  );
  const length = Math.max(...rows.map((row) => row.length));
  const padded = (fill: number, value: (id: number) => number) =>
    BigInt64Array.from(
      rows.flatMap((row) => [...row.map(value), ...Array<number>(length - row.length).fill(fill)]),
      BigInt,
    );
  const batch = {
    rows: rows.length,
    length,
    inputIds: padded(padTokenId ?? 0, (id) => id),
    attentionMask: padded(0, () => 1),
    tokenTypeIds: new BigInt64Array(rows.length * length),
    samples: samplesInOrder(rows.length),
  };
  const logits = await engine.logits(engine.initialState(3).parameters, batch, null, 1);
  await engine.close();
  return rows.map((_, row) => Array.from(logits.subarray(2 * row, 2 * row + 2)));
}

// transformers: (arange(tokens) * (input_ids != pad_token_id)).argmax(-1), so the first token where all are padding.
describe('a decoder that classifies', () => {
  it('reads the last token that is not pad_token_id, where a row ends in it too', async () => {
    const [ended, plain, inside, all, first] = await logitsOf(5, [[3, 9, 5, 5], [3, 9], [3, 5, 9], [5, 5], [5]]);
    expect(ended).toEqual(plain);
    expect(inside).not.toEqual(plain);
    expect(all).toEqual(first);
  });

  it('reads the last token that there is where config.json names no padding', async () => {
    const [ended, plain] = await logitsOf(null, [
      [3, 9, 5],
      [3, 9],
    ]);
    expect(ended).not.toEqual(plain);
  });

  it('makes trainings whose rows hold that token others than those of the version that read it', () => {
    const specification = {
      trainer: 'onnx' as const,
      trainer_version: '4',
      configuration: canonicaliseTraining(trial(1).configuration),
      base: { reference: 'b', folder: '', content_hash: 'c', tokenizer_hash: 't' },
      task: shape,
      train: { hash: 'r', rows: 1 },
      total_steps: 1,
    };
    expect(trainingHash({ ...specification, passes_over: 5 })).not.toBe(trainingHash(specification));
  });
});
