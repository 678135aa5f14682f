import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/data/tokens/open-tokenizer.ts';
import { batchLabels, tokenBatch } from '../../src/data/batches/token-batch.ts';
import type { EncodedInput } from '../../src/data/encoded-rows.ts';
import { stream } from '../../src/random/stream.ts';
import type { TaskShape } from '../../src/sweep/vocabulary.ts';
import { encode } from '../../src/tasks/language-modelling/encode.ts';
import { taskOf } from '../../src/tasks/tasks.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { tinyTasks } from '../support/tiny-tasks.ts';
import { drawMasks } from '../../src/train/engine/masks/instance-masks.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { type TinyFamily, tinyInstructions, writeTinyDecoder } from '../support/tiny-decoder.ts';

const families: readonly TinyFamily[] = ['llama', 'mistral', 'qwen2', 'qwen3', 'gpt2'];
const adapter = { adapter: 'lora', rank: 2, alpha: 4, targets: ['all-linear'] } as const;
const settings = { prompt: 'alpaca', end_token: '</s>' };
const apart: TaskShape = { kind: 'language-modelling', label_names: [], settings };
const packed: TaskShape = { ...apart, settings: { ...settings, pack: true } };
const maxLength = 120;

/** Sums in another order, of values near 1. */
const tolerance = 1e-5;

describe.each(families)('short rows of %s that stand in one input', (family) => {
  it('are trained on as they are apart: loss and gradient, and likelihoods of those that are scored', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-packed-'));
    writeTinyDecoder(folder, { family });
    const rows = tinyInstructions(5, 7);
    const tokenizer = openTokenizer(folder);
    const single = await encode(rows, { shape: apart, ...tokenizer, maxLength });
    const several = await encode(rows, { shape: packed, ...tokenizer, maxLength, training: true });
    expect(several.inputs.length).toBeLessThan(single.inputs.length);
    expect((await encode(rows, { shape: packed, ...tokenizer, maxLength })).inputs).toEqual(single.inputs);

    const alone = await openAdapterEngine({ modelFolder: folder, task: apart, adapter, threads: 1 });
    const together = await openAdapterEngine({ modelFolder: folder, task: packed, adapter, threads: 1 });
    const parameters = Float32Array.from(stream(3, 'adapter').normals(alone.layout.length), (value) => 0.2 * value);
    const masks = drawMasks(alone.layout, 0.3, (module) => stream(7, 'mask', module));
    const wanted = await alone.gradient(parameters, ...batchOf(single.inputs), masks);
    const found = await together.gradient(parameters, ...batchOf(several.inputs), masks);
    expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(tolerance);
    expect(found.gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    expect(furthest(found.gradient, wanted.gradient)).toBeLessThan(tolerance);

    const [batch] = batchOf(single.inputs);
    const scored = await together.logits(parameters, batch, masks, 1);
    const expected = await alone.logits(parameters, batch, masks, 1);
    const kept = (values: Float32Array) => values.filter((_, place) => batch.attentionMask[place] === 1n);
    expect(furthest(kept(scored), kept(expected))).toBeLessThan(tolerance);
    await alone.close();
    await together.close();
    rmSync(folder, { recursive: true });
  });
});

/** Released after two steps and gone on with by a runner that knows nothing of the first. */
it('a training of packed rows resumes bit for bit, and is scored row by row', async () => {
  const task = { ...tinyTasks['language-modelling'], shape: packed, rows: tinyInstructions };
  const bench = new SegmentBench({ trainRows: 40, devRows: 9, task });
  const specification = { ...bench.specification({ max_length: 128, batch_size: 4, epochs: 1 }), total_steps: 8 };
  const run = (segment: Parameters<typeof bench.command>[0]) =>
    makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
  const whole = expectOutcome(await run(bench.trainSegment(specification)), 'trained');
  const half = expectOutcome(await run(bench.trainSegment(specification, { endStep: 2 })), 'trained');
  const rest = bench.trainSegment(specification, { checkpoint: half.checkpoint, epoch: 2 });
  expect(expectOutcome(await run(rest), 'trained').checkpoint.sha256).toBe(whole.checkpoint.sha256);
  const pending = bench.pending('e', { ensemble_size: 2 });
  const scored = await run(bench.evaluateSegment(specification, whole.checkpoint, [pending]));
  expect(expectOutcome(scored, 'evaluated').results[0]?.metrics.rows).toBe(9);
  rmSync(bench.folder, { recursive: true });
});

function batchOf(inputs: readonly EncodedInput[]) {
  const length = Math.max(...inputs.map(({ ids }) => ids.length));
  const batch = { rows: Uint32Array.from(inputs.keys()), length };
  return [
    tokenBatch(inputs, batch, 0),
    batchLabels(inputs, batch, taskOf(apart).objective.loss(apart).labels),
  ] as const;
}

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? Number.NaN))), 0);
}
