import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import type { CheckpointReference, TrainSegment } from '../../src/sweep/segment.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import { readCheckpointState } from '../../src/train/checkpoints/checkpoint.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import type { SegmentRunner } from '../../src/train/process/segment-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench, tinyConfiguration } from '../support/segment-run.ts';

let bench: SegmentBench;
let runner: SegmentRunner;
beforeAll(() => {
  bench = new SegmentBench();
  runner = makeOnnxRunner();
});
afterAll(() => rmSync(bench.folder, { recursive: true }));
beforeEach(() => rmSync(bench.checkpointFolder, { recursive: true, force: true }));

const adalora = canonicaliseTraining({
  ...tinyConfiguration,
  adapter: 'adalora',
  learning_rate: 2e-2,
  target_rank: 2,
  allocation_interval: 7,
});
const recorded = ['loss', 'data_loss', 'sparsity_penalty', 'gradient_norm', 'learning_rate', 'tokens'];

async function trainWhole(
  changes: Parameters<SegmentBench['specification']>[0] = {},
): Promise<{ checkpoint: CheckpointReference; metrics: number[][]; segment: TrainSegment }> {
  const segment = bench.trainSegment(bench.specification(changes));
  const reporter = new RecordingReporter();
  const outcome = expectOutcome(await runner.run(bench.command(segment), reporter), 'trained');
  const metrics = recorded.map((name) => reporter.values(name, outcome.metrics));
  return { checkpoint: outcome.checkpoint, metrics, segment };
}

describe('training', () => {
  test('a tiny model learns the tiny task, and every step is recorded once', async () => {
    const { checkpoint, metrics, segment } = await trainWhole({ dropout_rate: 0, train_instances: 1, sparsity: 0 });
    const losses = metrics[1] ?? [];
    expect(losses).toHaveLength(200);
    expect(Math.min(...(metrics.at(-1) ?? []))).toBeGreaterThan(0);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.7 * mean(losses.slice(0, 20)));
    const evaluate = bench.evaluateSegment(segment.specification, checkpoint, [
      bench.pending('e', { mode: 'expected' }),
    ]);
    const outcome = expectOutcome(await runner.run(bench.command(evaluate), new RecordingReporter()), 'evaluated');
    expect(outcome.results[0]?.metrics.accuracy).toBeGreaterThan(0.7);
    expect(outcome.results[0]?.metrics.collapsed).toBe(false);
  });

  const elements = { dropout_rate: 0, sparsity: 0, lora_dropout: 0.2, hidden_dropout: 0.1 };
  const arms = [{ adapter: 'lora' }, adalora, { adapter: 'lora', ...elements }] as const;
  test.each(arms)(
    'released at random steps and resumed, by the same runner or another, it ends in the same bits: $adapter $lora_dropout',
    async (arm) => {
      const whole = await trainWhole(arm);
      const cuts = [...stream(4, 'cuts').integers(4, 199)].map((cut) => cut + 1).sort((a, b) => a - b);
      const reporters: RecordingReporter[] = [];
      let checkpoint: CheckpointReference | null = null;
      for (const [i, cut] of cuts.entries()) {
        const reporter = new RecordingReporter(cut);
        reporters.push(reporter);
        const segment = bench.trainSegment(whole.segment.specification, { checkpoint, epoch: i + 2 });
        const resumed = i % 2 === 0 ? makeOnnxRunner() : runner;
        expect(await resumed.run(bench.command(segment), reporter)).toEqual({ kind: 'released' });
        checkpoint = reporter.checkpoints.at(-1) ?? null;
      }
      const last = new RecordingReporter();
      const segment = bench.trainSegment(whole.segment.specification, { checkpoint, epoch: 9 });
      const outcome = expectOutcome(await runner.run(bench.command(segment), last), 'trained');
      expect(outcome.checkpoint.sha256).toBe(whole.checkpoint.sha256);
      for (const [i, name] of recorded.entries()) {
        const stitched = reporters.flatMap((reporter) => reporter.values(name));
        expect([...stitched, ...last.values(name, outcome.metrics)]).toEqual(whole.metrics[i]);
      }
    },
  );

  test('AdaLoRA learns while its ranks fall to the target, and those that go are zero in the end', async () => {
    const { checkpoint, metrics, segment } = await trainWhole({ ...adalora, dropout_rate: 0, train_instances: 1 });
    const losses = metrics[1] ?? [];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.7 * mean(losses.slice(0, 20)));
    const { layout, state } = readCheckpointState(join(bench.checkpointFolder, checkpoint.uri));
    const triplets = layout.tensors.filter(({ name }) => name.endsWith('.lora_E'));
    const kept = triplets.flatMap(({ offset }) => [...state.parameters.subarray(offset, offset + 4)]);
    expect(kept.map((value) => Number(value !== 0))).toEqual([...(state.allocation?.active ?? [])]);
    expect(kept.filter((value) => value !== 0)).toHaveLength(2 * layout.modules.length);
    const again = new RecordingReporter();
    const outcome = expectOutcome(await runner.run(bench.command({ ...segment, attempt: 2 }), again), 'trained');
    const ranks = again.values('active_ranks', outcome.metrics);
    expect(ranks[0]).toBe(4 * layout.modules.length);
    expect(ranks.at(-1)).toBe(2 * layout.modules.length);
    expect(again.values('orthogonality_penalty', outcome.metrics)).toHaveLength(200);
  });

  test('a rung ends where it is told, and the next goes on to the same bits', async () => {
    const whole = await trainWhole();
    const first = bench.trainSegment(whole.segment.specification, { endStep: 77 });
    const half = expectOutcome(await runner.run(bench.command(first), new RecordingReporter()), 'trained');
    expect(half.checkpoint.step).toBe(77);
    const second = bench.trainSegment(whole.segment.specification, { checkpoint: half.checkpoint, epoch: 2 });
    const end = expectOutcome(await runner.run(bench.command(second), new RecordingReporter()), 'trained');
    expect(end.checkpoint.sha256).toBe(whole.checkpoint.sha256);
  });

  test('checkpoint intervals change nothing', async () => {
    const whole = await trainWhole();
    const reporter = new RecordingReporter();
    const segment = bench.trainSegment(whole.segment.specification, { epoch: 2 });
    const outcome = expectOutcome(await runner.run(bench.command(segment, 0), reporter), 'trained');
    expect(reporter.checkpoints).toHaveLength(199);
    expect(outcome.checkpoint.sha256).toBe(whole.checkpoint.sha256);
  });

  test('seeds give other bits, and arms that differ in an unused setting the same', async () => {
    const plain = { dropout_rate: 0, train_instances: 1, sparsity: 0 };
    const one = await trainWhole(plain);
    const other = await trainWhole({ ...plain, seed: 1 });
    expect(one.metrics).not.toEqual(other.metrics);
    expect((await trainWhole({ ...plain, sparsity: 1 })).metrics[1]).toEqual(one.metrics[1]);
  });

  test('a training whose loss is no longer finite has diverged, and its last good checkpoint stands', async () => {
    const segment = bench.trainSegment(bench.specification({ learning_rate: 1e30, clip_norm: null }));
    const reporter = new RecordingReporter();
    const outcome = await runner.run(bench.command(segment, 0), reporter);
    expect(outcome).toMatchObject({ kind: 'failed', outcome: 'diverged', code: 'NON_FINITE' });
    for (const { uri } of reporter.checkpoints) expect(existsSync(join(bench.checkpointFolder, uri))).toBe(true);
  });
});

describe('bad input', () => {
  test('a truncated model.safetensors makes the training infeasible and says so', async () => {
    const broken = new SegmentBench();
    const path = join(broken.folder, 'model.safetensors');
    writeFileSync(path, readFileSync(path).subarray(0, -500));
    const outcome = await makeOnnxRunner().run(
      broken.command(broken.trainSegment(broken.specification())),
      new RecordingReporter(),
    );
    expect(outcome).toMatchObject({ kind: 'failed', outcome: 'infeasible', code: 'WEIGHTS_INVALID' });
    rmSync(broken.folder, { recursive: true });
  });

  test('a training of version 3 goes on with rows for padding, in the bits that a cut does not change', async () => {
    const specification = { ...bench.specification(), trainer_version: '3' };
    const whole = expectOutcome(
      await runner.run(bench.command(bench.trainSegment(specification)), new RecordingReporter()),
      'trained',
    );
    const cut = new RecordingReporter(70);
    const first = bench.trainSegment(specification, { epoch: 2 });
    expect(await runner.run(bench.command(first), cut)).toEqual({ kind: 'released' });
    const rest = bench.trainSegment(specification, { checkpoint: cut.checkpoints.at(-1) ?? null, epoch: 3 });
    const resumed = expectOutcome(await makeOnnxRunner().run(bench.command(rest), new RecordingReporter()), 'trained');
    expect(resumed.checkpoint.sha256).toBe(whole.checkpoint.sha256);
  });

  test('a training of another trainer version is not trained by this one', async () => {
    const segment = bench.trainSegment({ ...bench.specification(), trainer_version: 'older' });
    const outcome = await makeOnnxRunner().run(bench.command(segment), new RecordingReporter());
    expect(outcome).toMatchObject({ kind: 'failed', outcome: 'crashed', code: 'TRAINER_VERSION_CHANGED' });
  });

  test('a corrupt checkpoint is named, and nothing is trained from it', async () => {
    const whole = await trainWhole();
    const path = join(bench.checkpointFolder, whole.checkpoint.uri);
    writeFileSync(path, readFileSync(path).subarray(0, -4));
    const segment = bench.trainSegment(whole.segment.specification, { checkpoint: whole.checkpoint, epoch: 2 });
    const outcome = await runner.run(bench.command(segment), new RecordingReporter());
    expect(outcome).toMatchObject({ kind: 'failed', outcome: 'crashed', code: 'CHECKPOINT_INVALID' });
  });

  test('rows longer than the model has positions are infeasible', async () => {
    const long = new SegmentBench();
    const configPath = join(long.folder, 'config.json');
    const config: Record<string, unknown> = JSON.parse(readFileSync(configPath, 'utf8'));
    writeFileSync(configPath, JSON.stringify({ ...config, max_position_embeddings: 5 }));
    const outcome = await makeOnnxRunner().run(
      long.command(long.trainSegment(long.specification())),
      new RecordingReporter(),
    );
    expect(outcome).toMatchObject({ kind: 'failed', outcome: 'infeasible' });
    rmSync(long.folder, { recursive: true });
  });

  // A write through the link to /dev/full fails with ENOSPC, as on a full disk; what is left of it is taken away, and the
  // next try finds room.
  test.skipIf(!existsSync('/dev/full'))('a full disk is waited for, with what was trained', async () => {
    const whole = await trainWhole();
    const folder = join(bench.checkpointFolder, dirname(whole.checkpoint.uri));
    mkdirSync(folder, { recursive: true });
    symlinkSync('/dev/full', join(folder, 'step-1-epoch-2.safetensors.partial'));
    symlinkSync('/dev/full', join(folder, 'step-200-epoch-2.safetensors.partial'));
    const reporter = new RecordingReporter();
    const segment = bench.trainSegment(whole.segment.specification, { epoch: 2 });
    const end = expectOutcome(await runner.run(bench.command(segment, 0), reporter), 'trained');
    const met = reporter.events.map(({ name }) => name).filter((name) => /room|checkpoint_failed/.test(name));
    expect(met).toEqual(['checkpoint_failed', 'waiting_for_room', 'room_again']);
    expect(reporter.checkpoints.at(-1)?.step).toBe(199);
    expect(end.checkpoint).toMatchObject({ step: 200, sha256: whole.checkpoint.sha256 });
  });
});

describe('the probe', () => {
  test('gives finite, positive constants, the same each time, whatever p and λ', async () => {
    const { base, task, configuration } = bench.specification();
    const file = bench.datasetFiles[bench.train.hash] ?? '';
    const request = { base, modelFolder: bench.folder, task, train: bench.train, datasetFile: file, seed: 5 };
    const constants = await runner.probe({ ...request, configuration });
    for (const value of [constants.loss_bound, constants.lipschitz, constants.hessian_minimum]) {
      expect(value).toBeGreaterThan(0);
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(constants).toMatchObject({ train_rows: 80, confidence: 0.05 });
    const other = { ...tinyConfiguration, dropout_rate: 0.5, sparsity: 1 };
    expect(await makeOnnxRunner().probe({ ...request, configuration: other })).toEqual(constants);
  });
});
