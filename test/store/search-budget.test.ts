import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { planTpe, work } from './adaptive-plan.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A search that ends before its last training: what waits is let go, what runs comes to its next rung or its end, and the
 * log says why. After its hours nothing is trained.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

describe('a budget', () => {
  it('ends a search that adapts at its target: what waits is let go, what runs comes to its end', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { target: 0.99 }, parallelism: 3 }));
    const running = await record.take(sweep);
    let state = 'running';
    for (let turn = 0; turn < 30 && state === 'running'; turn += 1) {
      const segment = await record.take(sweep).catch(() => null);
      if (segment === null) break;
      await record.ledger.commit(segment.lease, outcomeOf(segment, turn < 4 ? 0.5 : 0.995));
      state = (await readSweepSnapshot(record.store, 's')).state;
    }
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running', counts: { waiting: 0 } });
    await record.ledger.commit(running.lease, outcomeOf(running));
    expect(await work(record, sweep)).toBe(1);
    const { counts, state: end } = await readSweepSnapshot(record.store, 's');
    expect(end).toBe('completed');
    expect(counts.cancelled).toBeGreaterThan(0);
    expect(counts.total).toBeLessThan(12);
    const events = await record.query(sql`select kind, reason from search_events where kind = 'halt'`);
    expect(events).toEqual([{ kind: 'halt', reason: 'the target 0.99 is reached with 0.995' }]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('ends a grid whose results are no better for long, and an extension takes up what was let go', async () => {
    const plan = planOf('s', 12);
    const limited = { ...plan, definition: { ...plan.definition, budget: { no_better_since: 3 } } };
    const sweep = await record.launch(limited);
    await work(record, sweep);
    const { counts } = await readSweepSnapshot(record.store, 's');
    expect(counts).toMatchObject({ succeeded: 4, cancelled: 8 });
    expect(await record.query(sql`select halted from sweeps`)).toEqual([
      { halted: 'none of 3 trainings made a point better than 0.96 by more than the noise of seeds' },
    ]);
    const more = {
      ...limited,
      canonical_hash: 'without a budget',
      definition: { ...plan.definition, budget: { trainings: 100 } },
    };
    await createSweep(record.store, { plan: more, datasets: [], launchedBy: {}, extend: true });
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 12 } });
  });

  it('counts the hours of slots and of the clock as the log has them, once for each result', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { slot_hours: 3.5 / 3_600, hours: 100 } }));
    await work(record, sweep);
    expect((await readSweepSnapshot(record.store, 's')).counts).toMatchObject({ succeeded: 4 });
    expect(
      await record.query(
        sql`select kind, count(*) from search_events where kind in ('spent', 'elapsed', 'result') group by 1 order by 1`,
      ),
    ).toEqual([
      { kind: 'elapsed', count: 4 },
      { kind: 'result', count: 4 },
      { kind: 'spent', count: 4 },
    ]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});

describe('hours of the clock', () => {
  const later = (seconds: number) =>
    record.query(sql`update sweeps set running_since = running_since - make_interval(secs => ${seconds})`);
  const plan = () => planTpe('s', { budget: { hours: 1 }, parallelism: 3 });

  it('stop what trains, though no result comes; what has been trained is evaluated', async () => {
    const sweep = await record.launch(plan());
    await work(record, sweep, 4);
    const [running, trained] = [await record.take(sweep), await record.take(sweep)];
    await record.ledger.commit(trained.lease, outcomeOf(trained));
    const evaluated = await record.take(sweep, { slotKey: 'warm' });
    await record.drive.endOverdueSweeps();
    expect(await record.query(sql`select halted from sweeps`)).toEqual([{ halted: null }]);
    await later(3_600);
    await Promise.all([record.drive.endOverdueSweeps(), record.drive.endOverdueSweeps()]);
    expect(await record.query(sql`select kind, reason from search_events where kind = 'halt'`)).toEqual([
      { kind: 'halt', reason: '1.00 of 1 hours are over' },
    ]);
    expect(await record.ledger.commit(running.lease, outcomeOf(running))).toBe('stale');
    expect(evaluated).toMatchObject({ kind: 'evaluate' });
    expect(await record.ledger.commit(evaluated.lease, outcomeOf(evaluated))).toBe('written');
    expect(await work(record, sweep)).toBe(0);
    const { state, counts } = await readSweepSnapshot(record.store, 's');
    expect({ state, ...counts }).toMatchObject({ state: 'completed', succeeded: 3, running: 0, waiting: 0 });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('stop what had been left to come to its end when another limit was reached', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { hours: 1, trainings: 1 }, parallelism: 3 }));
    const running = await record.take(sweep);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running', counts: { running: 1 } });
    await later(3_600);
    await record.drive.endOverdueSweeps();
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { running: 0 } });
    expect(await record.ledger.commit(running.lease, outcomeOf(running))).toBe('stale');
  });

  it('are those that were set last, or none', async () => {
    const sweep = await record.launch(plan());
    const running = await record.take(sweep);
    const set = (hours: number | null) =>
      commandSweep(record.store, 's', randomUUID(), { kind: 'set_budget', changes: { hours } });
    for (const [hours, halted] of [
      [3, null],
      [null, null],
      [2.5, '2.50 of 2.5 hours are over'],
    ] as const) {
      await set(hours);
      if (hours === 2.5) await later(1_800);
      else if (hours === 3) await later(7_200);
      await record.drive.endOverdueSweeps();
      expect(await record.query(sql`select halted from sweeps`)).toEqual([{ halted }]);
    }
    expect(await record.ledger.commit(running.lease, outcomeOf(running))).toBe('stale');
  });

  it('count while the sweep runs alone: not while it is paused, nor from its end to its extension', async () => {
    const steer = (kind: 'pause' | 'resume' | 'cancel') => commandSweep(record.store, 's', randomUUID(), { kind });
    // As long as nothing moves the clocks, hours pass at once: all that was noted so far lies so much further back.
    const idle = (seconds: number) =>
      record.query(sql`update sweeps set created_at = created_at - make_interval(secs => ${seconds}),
        finished_at = finished_at - make_interval(secs => ${seconds}),
        running_since = running_since - make_interval(secs => ${seconds})`);
    const ran = async () => {
      const rows = await record.query<{ hours: number }>(sql`
        select round((ran_seconds + coalesce(extract(epoch from now() - running_since), 0)) / 3600)::integer as hours
        from sweeps`);
      return rows[0]?.hours;
    };
    const larger = (trials: number) =>
      planTpe('s', { budget: { hours: 4 }, search: { kind: 'tpe', trials, seed: 5, startup: 4 } });
    const sweep = await record.launch(larger(12));
    await idle(3_600);
    for (const [away, back] of [
      ['pause', 'resume'],
      ['cancel', 'resume'],
    ] as const) {
      await steer(away);
      await idle(36_000);
      await record.drive.endOverdueSweeps();
      await steer(back);
    }
    expect(await ran()).toBe(1);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    await idle(360_000);
    await createSweep(record.store, { plan: larger(14), datasets: [], launchedBy: {}, extend: true });
    await idle(7_200);
    await record.drive.endOverdueSweeps();
    expect(await ran()).toBe(3);
    expect(await record.query(sql`select halted from sweeps`)).toEqual([{ halted: null }]);
    await idle(3_600);
    await record.drive.endOverdueSweeps();
    expect(await record.query(sql`select halted from sweeps`)).toEqual([{ halted: '4.00 of 4 hours are over' }]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('leave a training to another sweep that wants it', async () => {
    const sweep = await record.launch(plan());
    const running = await record.take(sweep);
    const other = planTpe('other', { parallelism: 3 });
    await record.launch({ ...other, canonical_hash: 'other' });
    await record.query(sql`update sweeps set running_since = running_since - interval '1 hour' where name = 's'`);
    await record.drive.endOverdueSweeps();
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    expect(await record.ledger.commit(running.lease, outcomeOf(running))).toBe('written');
  });
});
