import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep } from '../../src/store/commands.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { FailureKind } from '../../src/sweep/failure-kinds.ts';
import { planTpe, work } from './adaptive-plan.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A search is told how a training failed: limits tell classes apart, and a sweep that learns from it is told as well.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

/** Of each training how it fails; null: it does not. @returns how many were begun */
async function fail(sweep: string, kinds: readonly (FailureKind | null)[]): Promise<void> {
  for (const kind of kinds) {
    const segment = await record.take(sweep);
    const outcome =
      kind === null
        ? outcomeOf(segment)
        : ({ kind: 'failed', outcome: kind, code: 'OUT_OF_MEMORY', message: 'it failed' } as const);
    await record.ledger.commit(segment.lease, outcome);
  }
}

const told = () =>
  record.query(sql`select kind, failure, reason from search_events where failure is not null or kind = 'halt'
    order by sequence`);

describe('a search whose trainings fail', () => {
  it('goes on after any number that ran out of memory or were infeasible, and ends at its number of failures', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { failures: 2 } }));
    await fail(sweep, ['out_of_memory', 'infeasible', 'out_of_memory', 'diverged']);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running' });
    await fail(sweep, ['diverged']);
    expect(await told()).toEqual([
      { kind: 'result', failure: 'out_of_memory', reason: null },
      { kind: 'result', failure: 'infeasible', reason: null },
      { kind: 'result', failure: 'out_of_memory', reason: null },
      { kind: 'result', failure: 'diverged', reason: null },
      { kind: 'result', failure: 'diverged', reason: null },
      { kind: 'halt', failure: null, reason: '2 trainings have failed' },
    ]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('ends at the number of a class, which can be set while it runs', async () => {
    const sweep = await record.launch(planTpe('s', { budget: { failures: 20 } }));
    await fail(sweep, ['out_of_memory', 'out_of_memory']);
    const changes = { 'failures.out_of_memory': 3 } as const;
    await commandSweep(record.store, 's', randomUUID(), { kind: 'set_budget', changes });
    await fail(sweep, ['out_of_memory']);
    expect((await told()).at(-1)).toMatchObject({ kind: 'halt', reason: '3 trainings have run out of memory' });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('is learned from by another: what could not be trained there is known here', async () => {
    const first = await record.launch(planTpe('first'));
    await fail(first, ['out_of_memory', 'diverged']);
    await work(record, first);
    const search = { kind: 'tpe', trials: 6, seed: 9, startup: 4, learn_from: ['first'] };
    const sweep = await record.launch(planTpe('s', { search }));
    const learned = await record.query(
      sql`select failure, count(*) from search_events where sweep_id = ${sweep} and kind = 'learned' and value is null
        group by 1 order by 1`,
    );
    expect(learned).toEqual([
      { failure: 'diverged', count: 1 },
      { failure: 'out_of_memory', count: 1 },
    ]);
    await work(record, sweep);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });
});

describe('a limit that compares points over their seeds', () => {
  it('is told which trainings are repeats, at launch or when it is set, also of a sweep that kept no log', async () => {
    const repeats = () =>
      record.query(sql`select ordinal, value from search_events where kind = 'repeat' order by ordinal`);
    const plan = planOf('s', 12);
    const sweep = await record.launch(plan);
    await work(record, sweep, 4);
    const set = (changes: { trials?: number; no_better_since?: number }) =>
      commandSweep(record.store, 's', randomUUID(), { kind: 'set_budget', changes });
    await set({ no_better_since: 9 });
    // Its trainings are twelve seeds of one point.
    const all = Array.from({ length: 12 }, (_, ordinal) => ({ ordinal, value: 0 }));
    expect(await repeats()).toEqual(all);
    await set({ trials: 2 });
    expect(await repeats()).toEqual(all);
    await work(record, sweep);
    expect(await record.query(sql`select reason from search_events where kind = 'halt'`)).toEqual([
      { reason: 'none of 9 trainings made a point better than 0.96 by more than the noise of seeds' },
    ]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
    const { definition } = plan;
    await record.launch({
      ...plan,
      canonical_hash: 'other',
      definition: { ...definition, name: 'other', budget: { trials: 2 } },
    });
    expect(await repeats()).toHaveLength(24);
  });
});
