import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { resolveModel } from '../../src/hub/resolve-model.ts';
import { planSweep, type WholePlan } from '../support/whole-plan.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import type { Measurements } from '../../src/metrics/values/evaluation-metrics.ts';
import type { PlannedTraining, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { engineShape } from '../../src/sweep/packing.ts';
import { packingDevice } from '../../src/worker/slots/packing-device.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { expectOutcome, RecordingReporter, SegmentBench, tinyConfiguration } from '../support/segment-run.ts';
import type { KeptProcess } from '../support/sweep-machine.ts';
import { TestMachine } from '../support/test-machine.ts';

/*
 * The promise of docs/resume-contract.md on the real trainer: twelve trainings of a tiny BERT while the trainer, a
 * worker, the control worker, Temporal, PostgreSQL and everything at once are killed with kill -9 at seeded random
 * moments, and Temporal's file is deleted once. Afterwards every training is done, each segment once, and tensors,
 * predictions and metrics are, bit for bit, those of a runner that nobody disturbed.
 */

const kills = [
  'trainer',
  'train-1',
  'temporal',
  'trainer',
  'postgres',
  'everything',
  'control',
  'train-2',
  'temporal file',
  'trainer',
] as const;

interface Result {
  readonly checkpoint: string;
  readonly evaluations: Readonly<Record<string, { readonly predictions: string; readonly metrics: Measurements }>>;
}

const bench = new SegmentBench({ trainRows: 64, devRows: 40 });
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-real-'));
const machine = new TestMachine({ folder, drive: { segmentsPerRun: 2, segmentsPerSlice: 2 } });

async function plan(): Promise<WholePlan> {
  const { keep: _keep, ...training } = { ...tinyConfiguration, epochs: 40 };
  const evaluation = { split: 'dev', mode: 'ensemble', dropout_rate: null, mask_seed: 0, aggregate: 'logits' } as const;
  const definition: SweepDefinition = {
    name: 'real',
    base: bench.modelFolder,
    task: { kind: 'text-classification', data: { kind: 'package', package: 'spam-assassin' }, split_seed: 0 },
    space: { dropout_rate: [0.25, 0.5], train_instances: [1, 2], seed: [0, 1, 2] },
    training,
    evaluations: [
      { ...evaluation, ensemble_size: 1 },
      { ...evaluation, ensemble_size: 3 },
      { ...evaluation, mode: 'expected', ensemble_size: 1 },
    ],
    search: { kind: 'grid' },
    scheduler: { kind: 'none' },
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    parallelism: 4,
    priority: 0,
    trainer: 'onnx',
  };
  const { task } = bench.specification();
  const base = await resolveModel(bench.modelFolder);
  return planSweep(definition, { base, task, train: bench.train, dev: bench.dev, test: null });
}

/** What the runner makes of a training in this process, undisturbed. */
async function undisturbed(training: PlannedTraining): Promise<Result> {
  const runner = makeOnnxRunner();
  const { specification } = training;
  const segment = { ...bench.trainSegment(specification), trainingHash: training.training_hash };
  const trained = expectOutcome(await runner.run(bench.command(segment), new RecordingReporter()), 'trained');
  const pending = training.evaluations.map(({ evaluation_hash, configuration, dataset }) => ({
    evaluationId: evaluation_hash,
    configuration,
    dataset,
    storedMembers: [],
  }));
  const evaluate = {
    ...bench.evaluateSegment(specification, trained.checkpoint, pending),
    trainingHash: training.training_hash,
  };
  const evaluated = expectOutcome(await runner.run(bench.command(evaluate), new RecordingReporter()), 'evaluated');
  return {
    checkpoint: trained.checkpoint.sha256,
    evaluations: Object.fromEntries(
      evaluated.results.map((result) => [
        result.evaluationId,
        { predictions: result.predictionsSha256, metrics: result.metrics },
      ]),
    ),
  };
}

async function recorded(training: PlannedTraining): Promise<Result> {
  const { rows: checkpoints } = await sql<{ sha256: string }>`
    select c.sha256 from checkpoints c join trainings t on t.id = c.training_id
    where t.training_hash = ${training.training_hash} and c.step = t.total_steps
    order by c.epoch desc limit 1`.execute(machine.store.db);
  const { rows: evaluations } = await sql<{ hash: string; predictions: string; metrics: Measurements }>`
    select e.evaluation_hash as hash, e.predictions_sha256 as predictions, e.metrics from evaluations e
    join trainings t on t.id = e.training_id where t.training_hash = ${training.training_hash}`.execute(
    machine.store.db,
  );
  return {
    checkpoint: checkpoints[0]?.sha256 ?? 'none',
    evaluations: Object.fromEntries(
      evaluations.map(({ hash, predictions, metrics }) => [hash, { predictions, metrics }]),
    ),
  };
}

async function pinPack(sweep: WholePlan, threads: number): Promise<void> {
  const shapes = new Set(sweep.trainings.map(({ specification }) => engineShape(specification)));
  for (const shape of shapes) {
    await sql`insert into packing_plans (engine_shape, device, pack, measured)
      values (${shape}, ${packingDevice('cpu', threads)}, 6, '{}')`.execute(machine.store.db);
  }
}

/** Claims of more than one training. */
async function bundlesTaken(): Promise<number> {
  const { rows } = await sql`
    select slot_key, ordinal from claims group by slot_key, ordinal having count(*) > 1`.execute(machine.store.db);
  return rows.length;
}

function killTrainer(choice: number): void {
  const workers = new Set(machine.processes.workers.map((worker) => String(worker.pid)));
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const pids = lines.flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return workers.has(parent ?? '') && command.includes('trainer-process-main') ? [Number(pid)] : [];
  });
  const pid = pids[choice % pids.length];
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

async function restart(processes: readonly KeptProcess[]): Promise<void> {
  await Promise.all(processes.map((one) => one.kill()));
  for (const one of processes) await one.start();
}

async function carryOut(kill: (typeof kills)[number], choice: number): Promise<void> {
  const { postgres, temporal, workers } = machine.processes;
  const [control, first, second] = workers;
  if (control === undefined || first === undefined || second === undefined) throw new Error('three workers');
  if (kill === 'trainer') killTrainer(choice);
  else if (kill === 'temporal file') await machine.loseTemporal();
  else if (kill === 'everything') await restart([postgres, temporal, ...workers]);
  else await restart([{ 'train-1': first, 'train-2': second, control, temporal, postgres }[kill]]);
}

describe('a sweep of the real trainer that is killed again and again', () => {
  beforeAll(() => {
    process.env['DROPSWEEP_CHECKPOINT_SECONDS'] = '1';
    return machine.start();
  });
  afterAll(async () => {
    delete process.env['DROPSWEEP_CHECKPOINT_SECONDS'];
    await machine.stop();
    machine.discard();
    rmSync(bench.folder, { recursive: true });
  });

  it('ends with every training once, bit-identical to undisturbed ones', { timeout: 400_000 }, async () => {
    const sweep = await plan();
    expect(sweep.trainings).toHaveLength(12);
    const datasets = [bench.train, bench.dev].map(({ hash, rows }) => ({
      hash,
      rows,
      content: readFileSync(bench.datasetFiles[hash] ?? ''),
    }));
    // Whatever would be measured here, trainings of one seed are to step together.
    for (const threads of [1, 2, 4, 8]) await pinPack(sweep, threads);
    const { sweepId } = await createSweep(machine.store, { plan: sweep, datasets, launchedBy: {} });
    await machine.untilClaimed(sweepId, 1, 30_000);
    const draws = stream(20, 'real-trainer-kills');
    for (const kill of kills) {
      await sleep(300 + 2_000 * (draws.uniforms(1)[0] ?? 0));
      await carryOut(kill, draws.integers(1, 4)[0] ?? 0);
    }
    expect(await machine.finished(sweepId, 240_000)).toBe('completed');
    expect(await machine.account(sweepId)).toMatchObject({
      trainings: 12,
      doubled: 0,
      gaps: 0,
      states: { succeeded: 12 },
    });
    expect(await machine.looseEnds()).toEqual([]);
    expect(await bundlesTaken()).toBeGreaterThan(0);
    for (const training of sweep.trainings) expect(await recorded(training)).toEqual(await undisturbed(training));
  });
});
