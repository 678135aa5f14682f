import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { listSweeps } from '../../src/store/views/sweep-list.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const command = (name: string, what: SweepCommand, id: string = randomUUID()) =>
  commandSweep(record.store, name, id, what);
const create = (plan: SweepPlan, extend = false) =>
  createSweep(record.store, { plan, datasets: [], launchedBy: {}, extend });
const states = () =>
  record.query(
    sql<{ state: string; count: number }>`select state::text as state, count(*) from trainings group by 1 order by 1`,
  );

describe('a sweep', () => {
  it('of trainings without a step has their first checkpoint made and evaluated', async () => {
    const none = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 0 };
    const sweep = await record.launch(planOf('s', 1, { simulation: none }));
    const train = await record.take(sweep);
    expect(train).toMatchObject({ kind: 'train', endStep: 0, checkpoint: null });
    await record.ledger.commit(train.lease, outcomeOf(train));
    const evaluate = await record.take(sweep);
    expect(evaluate).toMatchObject({ kind: 'evaluate', checkpoint: { step: 0 } });
    await record.ledger.commit(evaluate.lease, outcomeOf(evaluate, 0.75));
    const over = await readSweepSnapshot(record.store, 's');
    expect(over.state).toBe('completed');
    expect(over.trials.map(({ state, metrics }) => [state, metrics?.['accuracy']])).toEqual([['succeeded', 0.75]]);
  });

  it('goes from trained to evaluated to completed, and is counted right', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const train = await record.take(sweep);
    await record.ledger.commit(train.lease, outcomeOf(train));
    const evaluate = await record.take(sweep);
    expect(evaluate).toMatchObject({ kind: 'evaluate', trainingId: train.trainingId, checkpoint: { step: 4 } });
    await record.ledger.commit(evaluate.lease, outcomeOf(evaluate, 0.75));
    const midway = await readSweepSnapshot(record.store, 's');
    expect(midway.counts).toMatchObject({ succeeded: 1, waiting: 1, total: 2 });
    expect(midway.trials[0]).toMatchObject({ state: 'succeeded', metrics: { accuracy: 0.75 }, claimedSegments: 2 });
    expect(await record.finishAll(sweep)).toBe(2);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      stepsDone: 8,
      stepsTotal: 8,
    });
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
    expect(await listSweeps(record.store)).toMatchObject([
      { name: 's', state: 'completed', finished: 2, trainings: 2 },
    ]);
  });

  it('is one when it is launched twice at once, and its trainings are trained once', async () => {
    const plan = planOf('s', 30);
    const results = await Promise.all([create(plan), create(plan), create(plan)]);
    expect(new Set(results.map((result) => result.sweepId)).size).toBe(1);
    expect(results.map((result) => result.kind).sort()).toEqual(['attached', 'attached', 'created']);
    expect(await states()).toEqual([{ state: 'active', count: 30 }]);
    expect(await record.query(sql`select count(*) from segments`)).toEqual([{ count: 60 }]);
  });

  it('refuses another content under its name, and takes a larger one when told to extend', async () => {
    const { sweepId } = await create(planOf('s', 2));
    await record.finishAll(sweepId);
    const larger = planOf('s', 3);
    expect(await create(larger)).toMatchObject({ kind: 'conflict', sweepId });
    expect(await create(larger, true)).toMatchObject({ kind: 'extended', sweepId });
    expect(await record.finishAll(sweepId)).toBe(2);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 3 } });
    expect(await create(planOf('s', 2), true)).toMatchObject({ kind: 'conflict' });
  });

  it('goes to slots of the device that its file asks for', async () => {
    const plan = planOf('s', 1);
    const sweepId = await record.launch({ ...plan, definition: { ...plan.definition, device: 'webgpu' } });
    expect(await record.drive.readSweepsToDrive()).toEqual([{ sweepId, generation: 0, deviceClass: 'webgpu' }]);
  });
});

describe('commands', () => {
  it('pause makes claims wait and workers release; resume undoes it', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const segment = await record.take(sweep);
    expect(await command('s', { kind: 'pause' })).toMatchObject({ changed: true });
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'wait' });
    expect(await record.ledger.renew(segment.lease, 60_000, [])).toEqual({ kind: 'held', desired: 'release' });
    await record.ledger.commit(segment.lease, { kind: 'released' });
    await command('s', { kind: 'resume' });
    expect((await record.take(sweep)).lease.segmentId).toBe(segment.lease.segmentId);
  });

  it('cancel ends what nobody else wants, makes its workers stale, and resume takes it up again', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const segment = await record.take(sweep);
    await record.ledger.checkpoint(segment.lease, checkpointAt(2), []);
    await command('s', { kind: 'cancel' });
    expect(await record.ledger.renew(segment.lease, 60_000, [])).toEqual({ kind: 'stale' });
    expect(await record.ledger.commit(segment.lease, outcomeOf(segment))).toBe('stale');
    expect(await states()).toEqual([{ state: 'cancelled', count: 2 }]);
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
    await command('s', { kind: 'resume' });
    const again = await record.take(sweep);
    expect(again.kind === 'train' && again.checkpoint?.step).toBe(2);
    await record.ledger.commit(again.lease, outcomeOf(again));
    expect(await record.finishAll(sweep)).toBe(3);
  });

  it('the same command twice is one', async () => {
    await record.launch(planOf('s', 1));
    const id = randomUUID();
    expect(await command('s', { kind: 'pause' }, id)).toMatchObject({ changed: true });
    await command('s', { kind: 'resume' });
    expect(await command('s', { kind: 'pause' }, id)).toMatchObject({ changed: false });
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running' });
  });

  it('retry takes up failed trainings alone', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const segment = await record.take(sweep);
    const failed = { kind: 'failed', outcome: 'out_of_memory', code: 'OUT_OF_MEMORY', message: 'no room' } as const;
    await record.ledger.commit(segment.lease, failed);
    await record.finishAll(sweep);
    const ended = await readSweepSnapshot(record.store, 's');
    expect(ended).toMatchObject({ state: 'completed', counts: { out_of_memory: 1, succeeded: 1 } });
    expect(await command('s', { kind: 'retry_failed' })).toMatchObject({ changed: true });
    expect(await record.finishAll(sweep)).toBe(2);
    expect(await states()).toEqual([{ state: 'succeeded', count: 2 }]);
    expect(await command('s', { kind: 'retry_failed' })).toMatchObject({ changed: false });
  });

  it('retry begins anew where a checkpoint was bad', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const train = await record.take(sweep);
    await record.ledger.commit(train.lease, outcomeOf(train));
    const evaluate = await record.take(sweep);
    const failed = { kind: 'failed', outcome: 'infeasible', code: 'CHECKPOINT_INVALID', message: 'cut short' } as const;
    await record.ledger.commit(evaluate.lease, failed);
    await command('s', { kind: 'retry_failed' });
    expect(await record.take(sweep)).toMatchObject({ kind: 'train', checkpoint: null });
  });

  it('names the sweep that does not exist', async () => {
    await expect(command('none', { kind: 'pause' })).rejects.toThrow(/SWEEP_NOT_FOUND: there is no sweep named none/);
    await record.launch(planOf('my-sweep', 1));
    const near = 'there is no sweep named my-swep; did you mean my-sweep?';
    await expect(command('my-swep', { kind: 'pause' })).rejects.toThrow(near);
  });
});

describe('two sweeps that share trainings', () => {
  it('have one row for each, and cancelling one leaves the other its own', async () => {
    const [a, b] = [
      await record.launch(planOf('a', 3, { sharedTrainings: 2 })),
      await record.launch(planOf('b', 3, { sharedTrainings: 2 })),
    ];
    expect(await states()).toEqual([{ state: 'active', count: 4 }]);
    const segment = await record.take(a);
    await command('a', { kind: 'cancel' });
    expect(await record.ledger.renew(segment.lease, 60_000, [])).toEqual({ kind: 'held', desired: 'run' });
    expect(await states()).toEqual([
      { state: 'active', count: 3 },
      { state: 'cancelled', count: 1 },
    ]);
    await record.ledger.commit(segment.lease, outcomeOf(segment));
    expect(await record.finishAll(b)).toBe(5);
    expect(await readSweepSnapshot(record.store, 'b')).toMatchObject({ state: 'completed', counts: { succeeded: 3 } });
  });

  it('share what one of them has finished', async () => {
    await record.finishAll(await record.launch(planOf('a', 2, { sharedTrainings: 2 })));
    await record.launch(planOf('b', 2, { sharedTrainings: 2 }));
    const snapshot = await readSweepSnapshot(record.store, 'b');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 2, reused: 2 } });
  });
});

describe('halving', () => {
  const halving = { kind: 'halving', rungs: [0.5, 1], keep: 0.5 } as const;

  it('lets the better half go on and prunes the others in the transaction of the report that decides', async () => {
    const sweep = await record.launch(planOf('s', 4, { scheduler: halving, rungSteps: [2, 4] }));
    const ordinals = new Map<string, number>();
    for (;;) {
      const result = await record.ledger.claim(record.request(sweep));
      const segment = result.kind === 'claimed' ? result.bundle[0] : undefined;
      if (segment === undefined) break;
      if (!ordinals.has(segment.trainingId)) ordinals.set(segment.trainingId, ordinals.size);
      const accuracy = 0.5 + (ordinals.get(segment.trainingId) ?? 0) / 10;
      await record.ledger.commit(segment.lease, outcomeOf(segment, accuracy));
    }
    const decisions = await record.query(
      sql`select kind, ordinal from search_events where kind in ('promote', 'prune') order by ordinal`,
    );
    expect(decisions).toEqual([
      { kind: 'prune', ordinal: 0 },
      { kind: 'prune', ordinal: 1 },
      { kind: 'promote', ordinal: 2 },
      { kind: 'promote', ordinal: 3 },
    ]);
    const finals = await record.query(sql`select count(*) from segments where end_step = 4 and status = 'done'`);
    expect(finals).toEqual([{ count: 4 }]);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 2, pruned: 2 } });
  });

  it('gives a retried training its decision, though its failure was counted before', async () => {
    const sweep = await record.launch(planOf('s', 2, { scheduler: halving, rungSteps: [2, 4] }));
    const bad = await record.take(sweep);
    await record.ledger.commit(bad.lease, { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message: 'NaN' });
    await record.finishAll(sweep);
    await command('s', { kind: 'retry_failed' });
    expect(await record.finishAll(sweep)).toBeGreaterThan(0);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { waiting: 0 } });
  });

  it('counts a failed training as the worst', async () => {
    const sweep = await record.launch(planOf('s', 2, { scheduler: halving, rungSteps: [2, 4] }));
    const bad = await record.take(sweep);
    await record.ledger.commit(bad.lease, { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message: 'NaN' });
    expect(await record.finishAll(sweep)).toBe(4);
    expect(await states()).toEqual([
      { state: 'diverged', count: 1 },
      { state: 'succeeded', count: 1 },
    ]);
  });
});
