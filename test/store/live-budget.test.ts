import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep } from '../../src/store/commands.ts';
import { commitSegments } from '../../src/store/segments/commit-segments.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import type { BudgetChanges } from '../../src/store/search/set-budget.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { planTpe, work } from './adaptive-plan.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A budget that is changed while its sweep runs: each change is a fact of the log, and what is refused changes nothing.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const set = (changes: BudgetChanges) => commandSweep(record.store, 's', randomUUID(), { kind: 'set_budget', changes });

/** Whether somebody waits for a lock on a table. */
async function waits(watched: RecordUnderTest): Promise<boolean> {
  const rows = await watched.query(sql`select 1 from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and not l.granted`);
  return rows.length > 0;
}

const logged = () =>
  record.query(sql`select kind, value, reason from search_events
    where kind like 'budget_%' or kind = 'halt' order by sequence`);

describe('a budget that is changed while the sweep runs', () => {
  it('ends an adaptive search at the new limit, and the log says so and replays', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { trainings: 3 } }));
    await work(record, sweep, 2);
    expect(await set({ trainings: 7, failures: 5 })).toMatchObject({ changed: true });
    await work(record, sweep);
    expect((await readSweepSnapshot(record.store, 's')).counts).toMatchObject({ succeeded: 7 });
    expect(await logged()).toEqual([
      { kind: 'budget_trainings', value: 7, reason: null },
      { kind: 'budget_failures', value: 5, reason: null },
      { kind: 'halt', value: null, reason: '7 trainings have ended' },
    ]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('is given to a grid that had none and kept no log: what it has trained counts', async () => {
    const sweep = await record.launch(planOf('s', 12));
    await work(record, sweep, 6);
    await set({ trainings: 5 });
    await work(record, sweep);
    const { counts } = await readSweepSnapshot(record.store, 's');
    expect(counts).toMatchObject({ succeeded: 5, cancelled: 7 });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('counts the hours of slots from the beginning, and goes on without the limit when that is taken away', async () => {
    const sweep = await record.launch(planTpe('s'));
    await work(record, sweep, 8);
    await set({ slot_hours: 6.5 / 3_600, trainings: 11 });
    await work(record, sweep, 2);
    await set({ slot_hours: null });
    await work(record, sweep);
    expect((await readSweepSnapshot(record.store, 's')).counts).toMatchObject({ succeeded: 11 });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('of a grid that kept no log hears of a result whose commit was under way when it was set', async () => {
    const sweep = await record.launch(planOf('s', 4));
    const trained = await record.take(sweep);
    await record.ledger.commit(trained.lease, outcomeOf(trained));
    const evaluated = await record.take(sweep);
    let setting: Promise<unknown> = Promise.resolve();
    await record.store.db.transaction().execute(async (tx) => {
      await commitSegments(tx, [{ lease: evaluated.lease, outcome: outcomeOf(evaluated) }]);
      // It has found nobody to tell, and has not ended: the budget is set now, as far as that goes.
      setting = set({ trainings: 4 });
      const settled = setting.then(() => true);
      while (!(await Promise.race([settled, waits(record)])));
    });
    await setting;
    expect(await record.query(sql`select count(*)::integer as count from search_events where kind = 'result'`)).toEqual(
      [{ count: 1 }],
    );
    await work(record, sweep);
    expect(await record.query(sql`select halted from sweeps`)).toEqual([{ halted: '4 trainings have ended' }]);
  });

  it('is refused where it is spent, before or by the change, and nothing is recorded', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { trainings: 6 } }));
    await work(record, sweep, 8);
    const before = await record.query(sql`select * from search_events order by sequence`);
    await expect(set({ trainings: 4 })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('the budget would be spent at once'),
    });
    await expect(set({ slot_hours: 1 / 3_600 })).rejects.toMatchObject({ code: 'USAGE' });
    expect(await record.query(sql`select * from search_events order by sequence`)).toEqual(before);
    expect(await record.query(sql`select kind from commands`)).toEqual([]);
    await work(record, sweep);
    expect((await readSweepSnapshot(record.store, 's')).counts).toMatchObject({ succeeded: 6 });
    expect(await set({ trainings: 20 })).toMatchObject({ changed: false });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});
