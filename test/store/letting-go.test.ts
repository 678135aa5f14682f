import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep, type SweepCommand } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { recordTrainings } from '../../src/store/plans/record-trainings.ts';
import { listSweeps } from '../../src/store/views/sweep-list.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const command = (name: string, what: SweepCommand) => commandSweep(record.store, name, randomUUID(), what);
const states = () =>
  record.query(
    sql<{ state: string; count: number }>`select state::text as state, count(*) from trainings group by 1 order by 1`,
  );

describe('a training that sweeps let go of', () => {
  it('is cancelled when both of its sweeps are, and a later sweep goes on from its checkpoint', async () => {
    const shared = { sharedTrainings: 2 };
    const a = await record.launch(planOf('a', 2, shared));
    await record.launch(planOf('b', 2, shared));
    const segment = await record.take(a);
    await record.ledger.checkpoint(segment.lease, checkpointAt(2), []);
    await command('a', { kind: 'cancel' });
    expect(await states()).toEqual([{ state: 'active', count: 2 }]);
    await command('b', { kind: 'cancel' });
    expect(await states()).toEqual([{ state: 'cancelled', count: 2 }]);
    expect(await record.ledger.commit(segment.lease, outcomeOf(segment))).toBe('stale');
    const c = await record.launch(planOf('c', 2, shared));
    expect(await states()).toEqual([{ state: 'active', count: 2 }]);
    const again = await record.take(c);
    expect(again).toMatchObject({ kind: 'train', trainingId: segment.trainingId, checkpoint: { step: 2 } });
    await record.ledger.commit(again.lease, outcomeOf(again));
    expect(await record.finishAll(c)).toBe(3);
    expect(await readSweepSnapshot(record.store, 'c')).toMatchObject({ state: 'completed', counts: { succeeded: 2 } });
  });

  it('is cancelled when both of its sweeps are at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const shared = (name: string) => {
        const plan = planOf(`${name} ${round}`, 20);
        return { ...plan, trainings: planOf(`round ${round}`, 20).trainings };
      };
      await record.launch(shared('a'));
      await record.launch(shared('b'));
      await Promise.all(['a', 'b'].map((name) => command(`${name} ${round}`, { kind: 'cancel' })));
    }
    expect(await states()).toEqual([{ state: 'cancelled', count: 100 }]);
  });

  it('is never left half-way when it is committed while its sweep is cancelled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const sweep = await record.launch(planOf(`s ${round}`, 8));
      const segments = [];
      for (let index = 0; index < 8; index += 1) segments.push(await record.take(sweep));
      const results = await Promise.all([
        ...segments.map((segment) => record.ledger.commit(segment.lease, outcomeOf(segment))),
        command(`s ${round}`, { kind: 'cancel' }),
      ]);
      expect(results).toHaveLength(9);
    }
    expect(await states()).toEqual([{ state: 'cancelled', count: 40 }]);
    expect(await record.query(sql`select 1 from segments where status in ('claimed', 'ready')`)).toEqual([]);
    expect(await record.query(sql`select 1 from attempts where ended_at is null`)).toEqual([]);
    expect(await record.query(sql`select 1 from sweep_trainings where open`)).toEqual([]);
  });
});

describe('a sweep cancelled while its trainings are still being inserted', () => {
  it('wants none of those that come after, and lets other sweeps end them', async () => {
    const plan = planOf('s', 4);
    const sweep = await record.launch(plan);
    // As it stands when the launcher died after two trainings.
    await record.query(sql`delete from sweep_evaluations where trial > 2`);
    await record.query(sql`delete from sweep_trainings where ordinal >= 2`);
    await record.query(sql`delete from evaluations where training_id not in (select training_id from sweep_trainings)`);
    await record.query(sql`delete from segments where training_id not in (select training_id from sweep_trainings)`);
    await record.query(sql`delete from trainings where id not in (select training_id from sweep_trainings)`);
    await record.query(sql`update sweeps set inserted_trainings = 2`);
    await command('s', { kind: 'cancel' });
    await recordTrainings(record.store, sweep);
    expect(await record.query(sql`select count(*) from sweep_trainings where open`)).toEqual([{ count: 0 }]);
    expect(await states()).toEqual([{ state: 'cancelled', count: 4 }]);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'cancelled',
      counts: { cancelled: 4, total: 4 },
    });
    await command('s', { kind: 'resume' });
    expect(await record.finishAll(sweep)).toBe(8);
    expect(await states()).toEqual([{ state: 'succeeded', count: 4 }]);
  });

  it('leaves to another sweep what that one wants', async () => {
    const sweep = await record.launch(planOf('s', 2, { sharedTrainings: 2 }));
    await record.launch(planOf('other', 2, { sharedTrainings: 2 }));
    await record.query(sql`update sweeps set inserted_trainings = 0 where name = 's'`);
    await command('s', { kind: 'cancel' });
    await recordTrainings(record.store, sweep);
    expect(await states()).toEqual([{ state: 'active', count: 2 }]);
    await command('other', { kind: 'cancel' });
    expect(await states()).toEqual([{ state: 'cancelled', count: 2 }]);
  });
});

describe('a cancelled sweep that is extended', () => {
  it('shows its trainings as wanted again', async () => {
    await record.launch(planOf('s', 2));
    await command('s', { kind: 'cancel' });
    const extended = { plan: planOf('s', 3), datasets: [], launchedBy: {}, extend: true };
    expect(await createSweep(record.store, extended)).toMatchObject({ kind: 'extended' });
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'running',
      desiredState: 'running',
      counts: { waiting: 3, cancelled: 0, total: 3 },
    });
  });
});

describe('a paused sweep', () => {
  it('stays paused when its failed trainings are to be retried', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const segment = await record.take(sweep);
    const failed = { kind: 'failed', outcome: 'out_of_memory', code: 'OUT_OF_MEMORY', message: 'no room' } as const;
    await record.ledger.commit(segment.lease, failed);
    await command('s', { kind: 'pause' });
    expect(await command('s', { kind: 'retry_failed' })).toMatchObject({ changed: true });
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'paused', counts: { waiting: 2 } });
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'wait' });
    await command('s', { kind: 'resume' });
    expect(await record.finishAll(sweep)).toBe(4);
  });
});

describe('a sweep of 2,500 trainings', () => {
  it('is inserted in blocks, once, by two launchers, and is shown limited with complete counts', async () => {
    const request = { plan: planOf('s', 2_500), datasets: [], launchedBy: {} };
    const results = await Promise.all([createSweep(record.store, request), createSweep(record.store, request)]);
    const sweep = results[0].sweepId;
    expect(results[1].sweepId).toBe(sweep);
    expect(
      await record.query(sql`select
        (select count(*) from trainings) as trainings, (select count(*) from segments) as segments,
        (select count(*) from evaluations) as evaluations, (select count(distinct trial) from sweep_evaluations) as trials,
        (select count(distinct ordinal) from sweep_trainings) as ordinals`),
    ).toEqual([{ trainings: 2_500, segments: 5_000, evaluations: 2_500, trials: 2_500, ordinals: 2_500 }]);
    for (let index = 0; index < 3; index += 1) {
      const segment = await record.take(sweep);
      await record.ledger.commit(segment.lease, outcomeOf(segment));
    }
    const snapshot = await readSweepSnapshot(record.store, 's', { trialLimit: 10 });
    expect(snapshot.trials).toHaveLength(10);
    expect(snapshot.trialCount).toBe(2_500);
    expect(snapshot.counts).toMatchObject({ total: 2_500, succeeded: 1, waiting: 2_499, reused: 0 });
    expect(snapshot).toMatchObject({ stepsTotal: 10_000, stepsDone: 8 });
    expect(await listSweeps(record.store)).toMatchObject([{ trainings: 2_500, finished: 1, failed: 0, trials: 2_500 }]);
    // Neither what failed nor what runs is among the best ten: by state they come first.
    const failing = await record.take(sweep);
    const failure = { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message: 'the loss is NaN' } as const;
    await record.ledger.commit(failing.lease, failure);
    await record.take(sweep);
    const sort = { by: 'state', name: '', direction: 'minimize' } as const;
    const shown = await readSweepSnapshot(record.store, 's', { trialLimit: 3, page: { sort, offset: 0 } });
    expect(shown.trials.map(({ state }) => state)).toEqual(['diverged', 'running', 'waiting']);
  }, 60_000);
});
