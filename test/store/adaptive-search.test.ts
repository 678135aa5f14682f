import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandSweep } from '../../src/store/commands.ts';
import { commitSegments } from '../../src/store/segments/commit-segments.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { transact } from '../../src/store/database/open-store.ts';
import { readDecisions, replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { accuracyOf, planTpe, work } from './adaptive-plan.ts';
import { outcomeOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * Searches whose points follow from results: suggested, promoted and pruned in the transaction that brings a result,
 * under the sweep's lock. Whatever is interrupted, the log has to be one that a fold comes to again.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const halving = { kind: 'halving', rungs: [0.25, 0.5], keep: 0.5 };

async function expectCleanLog(name: string, decisions: number): Promise<void> {
  expect(await replaySearchOf(record.store, name)).toMatchObject({ decisions, differences: [], listens: true });
}

describe('a search that adapts', () => {
  it('refreshes the statistics by which statements are planned, as its trainings grow', async () => {
    await record.launch(planTpe('s', { search: { kind: 'tpe', trials: 300, seed: 5, startup: 300 } }));
    const statistics = await record.query<{ rows: number }>(
      sql`select reltuples::integer as rows from pg_class where relname in ('evaluations', 'segments', 'trainings')`,
    );
    for (const { rows } of statistics) expect(rows).toBeGreaterThanOrEqual(250);
  });

  it('begins with the points of its plan, suggests the others as results come, and is over after the last', async () => {
    const plan = planTpe('s');
    const sweep = await record.launch(plan);
    expect((await readSweepSnapshot(record.store, 's')).counts).toMatchObject({ waiting: 4, total: 4 });
    expect(await record.query(sql`select training_hash from trainings order by training_hash`)).toEqual(
      plan.trainings
        .map(({ training_hash }) => ({ training_hash }))
        .sort((a, b) => (a.training_hash < b.training_hash ? -1 : 1)),
    );
    expect(await work(record, sweep)).toBe(24);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 12, total: 12 } });
    expect(snapshot.trials.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    await expectCleanLog('s', 13);
    const last = snapshot.trials.find(({ trial }) => trial === 12);
    expect(await readDecisions(record.store, sweep, last?.trainingId ?? '')).toEqual([
      expect.stringMatching(/^suggested at event \d+: tpe: from \d+ results, \d+ of them good/),
    ]);
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
  });

  it('comes to one log under six lanes at once, with early stopping', async () => {
    const sweep = await record.launch(planTpe('s', { scheduler: halving, parallelism: 6 }));
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (;;) {
          const result = await record.ledger.claim(record.request(sweep));
          if (result.kind === 'exhausted') return;
          if (result.kind === 'claimed')
            for (const segment of result.bundle)
              await record.ledger.commit(segment.lease, outcomeOf(segment, accuracyOf(segment)));
        }
      }),
    );
    const { counts, state } = await readSweepSnapshot(record.store, 's');
    expect(state).toBe('completed');
    expect(counts).toMatchObject({ succeeded: 3, pruned: 9, total: 12 });
    const { differences } = await replaySearchOf(record.store, 's');
    expect(differences).toEqual([]);
  });

  it('decides anew, and the same, when the transaction that decided is undone', async () => {
    const sweep = await record.launch(planTpe('s'));
    for (let commits = 0; commits < 24; commits += 1) {
      const segment = await record.take(sweep);
      const outcome = outcomeOf(segment, accuracyOf(segment));
      const undone = transact(record.store, async (tx) => {
        await commitSegments(tx, [{ lease: segment.lease, outcome }]);
        throw new Error('the connection was lost before the commit');
      });
      await expect(undone).rejects.toThrow('was lost');
      // What another lane commits in between is before it in the log.
      await record.ledger.commit(segment.lease, outcome);
    }
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    await expectCleanLog('s', 13);
  });

  it('trains nothing that another sweep has trained, and is over at its launch when that was all', async () => {
    await work(record, await record.launch(planTpe('first')));
    await record.launch(planTpe('second'));
    expect(await readSweepSnapshot(record.store, 'second')).toMatchObject({
      state: 'completed',
      counts: { succeeded: 12, reused: 12 },
    });
    await expectCleanLog('second', 13);
  });

  it('goes on after a cancel where it stood, and suggests more at once when more may run', async () => {
    const sweep = await record.launch(planTpe('s'));
    await work(record, sweep, 6);
    await commandSweep(record.store, 's', randomUUID(), { kind: 'cancel' });
    expect(await work(record, sweep)).toBe(0);
    await commandSweep(record.store, 's', randomUUID(), { kind: 'resume' });
    await commandSweep(record.store, 's', randomUUID(), { kind: 'set_parallelism', parallelism: 4 });
    const { counts } = await readSweepSnapshot(record.store, 's');
    expect(counts.waiting).toBe(5);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 12 } });
    await expectCleanLog('s', 13);
  });

  it('hears of a failed training anew when it is retried', async () => {
    const sweep = await record.launch(planTpe('s', { scheduler: halving }));
    const segment = await record.take(sweep);
    const failed = { kind: 'failed', outcome: 'out_of_memory', code: 'OUT_OF_MEMORY', message: 'no room' } as const;
    await record.ledger.commit(segment.lease, failed);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      counts: { out_of_memory: 1 },
    });
    await commandSweep(record.store, 's', randomUUID(), { kind: 'retry_failed' });
    expect(
      await record.query(sql`select kind, ordinal, rung from search_events where kind = 'retract' order by rung`),
    ).toEqual([0, 1, 2].map((rung) => ({ kind: 'retract', ordinal: 0, rung })));
    await work(record, sweep);
    const { state, counts } = await readSweepSnapshot(record.store, 's');
    expect(state).toBe('completed');
    expect(counts.out_of_memory).toBe(0);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('hears of all objectives where its scheduler decides by fronts, and of the first alone where it does not', async () => {
    const objectives = [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'ece', direction: 'minimize' },
      { metric: 'f1', direction: 'maximize' },
    ] as const;
    const sweep = await record.launch(planTpe('s', { scheduler: { ...halving, by: 'front' }, objectives }));
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed' });
    const heard = await record.query<{ value: number; further: readonly number[] | null }>(
      sql`select value, further from search_events where kind in ('report', 'result')`,
    );
    expect(heard.length).toBeGreaterThan(12);
    for (const { value, further } of heard) expect(further).toEqual([-0.1, value]);
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
    const plain = await record.launch(planTpe('t', { scheduler: halving, objectives }));
    await work(record, plain);
    expect(
      await record.query(sql`select count(*) from search_events where sweep_id = ${plain} and further is not null`),
    ).toEqual([{ count: 0 }]);
  });

  it('takes more trials when it is extended, and repeats none', async () => {
    const sweep = await record.launch(planTpe('s'));
    await work(record, sweep);
    const more = planTpe('s', { search: { kind: 'tpe', trials: 15, seed: 5, startup: 4 } });
    const request = { plan: more, datasets: [], launchedBy: {}, extend: true };
    expect(await createSweep(record.store, request)).toMatchObject({ kind: 'extended', sweepId: sweep });
    expect(await work(record, sweep)).toBe(6);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 15, total: 15 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
    const other = planTpe('s', { search: { kind: 'tpe', trials: 15, seed: 5, startup: 4 }, evaluations: [] });
    expect(await createSweep(record.store, { ...request, plan: other })).toMatchObject({ kind: 'conflict' });
  });

  it('takes more trials in whatever order its lists stand, seeds included', async () => {
    const space = { dropout_rate: [0.1, 0.8], rank: [2, 4, 8], seed: [3, 1, 2] };
    const search = (trials: number) => ({ kind: 'tpe', trials, seed: 5, startup: 4 });
    const sweep = await record.launch(planTpe('s', { space, search: search(4) }));
    await work(record, sweep);
    const turned = { dropout_rate: [0.1, 0.8], rank: [8, 2, 4], seed: [1, 2, 3] };
    const plan = planTpe('s', { space: turned, search: search(6) });
    const request = { plan, datasets: [], launchedBy: {}, extend: true };
    expect(await createSweep(record.store, request)).toMatchObject({ kind: 'extended', sweepId: sweep });
    // Two more points of three seeds, a segment to train and one to evaluate each.
    expect(await work(record, sweep)).toBe(12);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 18 } });
    const { rows } = await sql<{ seeds: number[] }>`
      select array_agg((t.specification -> 'configuration' ->> 'seed')::integer order by l.ordinal) as seeds
      from sweep_trainings l join trainings t on t.id = l.training_id`.execute(record.store.db);
    expect(rows[0]?.seeds).toEqual(Array.from({ length: 6 }, () => [3, 1, 2]).flat());
  });
});
