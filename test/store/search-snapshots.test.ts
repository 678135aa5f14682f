import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';
import { foldVersion } from '../../src/search/fold/fold-version.ts';
import { advanceSearch } from '../../src/store/search/advance-search.ts';
import { transact } from '../../src/store/database/open-store.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSnapshot } from '../../src/store/search/search-snapshots.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { planTpe, work } from './adaptive-plan.ts';
import type { RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

/*
 * A log that has grown long has a snapshot of what its fold remembers. A process that does not remember the search, as
 * after a crash, takes it up from there; what the log says decides all the same.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const asha = { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 };

/** A search in the middle of its work, whose log has got a snapshot and some events after it. */
async function searchWithSnapshot(): Promise<string> {
  const sweep = await record.launch(planTpe('s', { scheduler: asha }));
  await work(record, sweep, 9);
  await lengthen(sweep, 2_000);
  await work(record, sweep, 4);
  return sweep;
}

/** Facts that change nothing, in one transaction. */
async function lengthen(sweep: string, events: number): Promise<void> {
  const fact = { kind: 'capacity', ordinal: 0, rung: 0, value: 2 } as const;
  const facts = Array.from({ length: events }, () => fact);
  await transact(record.store, (tx) => advanceSearch(tx, sweep, () => facts));
}

/** As if this process were another: the last event is one that it has not written. */
async function restart(sweep: string): Promise<void> {
  await record.query(sql`
    update search_events set token = gen_random_uuid() where sweep_id = ${sweep}
      and sequence = (select max(sequence) from search_events where sweep_id = ${sweep})`);
}

async function snapshots() {
  return record.query(
    sql<{ sequence: number; fold_version: number }>`select sequence, fold_version from search_snapshots`,
  );
}

/** Changes what is written down in the snapshot. */
async function forge(sweep: string, change: (memory: FoldMemory) => void): Promise<void> {
  const [row] = await record.query(sql<{ canonical_hash: string }>`select canonical_hash from sweeps`);
  const snapshot = await readSnapshot(record.store.db, { id: sweep, canonical_hash: row?.canonical_hash ?? '' });
  if (snapshot === null) throw new Error('there is no snapshot');
  change(snapshot.memory);
  const { gzipSync } = await import('node:zlib');
  await record.query(sql`update search_snapshots set memory = ${gzipSync(snapshot.memory.spelled())}`);
}

describe('a search with a long log', () => {
  it('goes on from its snapshot and what came after it, as from the whole log', async () => {
    const sweep = await searchWithSnapshot();
    expect(await snapshots()).toEqual([{ sequence: expect.any(Number), fold_version: foldVersion }]);
    for (;;) {
      await restart(sweep);
      if ((await work(record, sweep, 1)) === 0) break;
    }
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { total: 12 } });
    const [snapshot] = await snapshots();
    expect(await replaySearchOf(record.store, 's')).toMatchObject({
      differences: [],
      snapshot: { sequence: snapshot?.sequence, agrees: true },
    });
  });

  it('takes it up indeed, and a replay, which does not, finds one that is wrong and forgets it', async () => {
    const sweep = await searchWithSnapshot();
    // As if all of its trainings were suggested.
    await forge(sweep, (memory) => Object.assign(memory.part('suggestions', {}), { most: 0 }));
    await restart(sweep);
    await work(record, sweep);
    expect((await readSweepSnapshot(record.store, 's')).counts.total).toBeLessThan(12);
    const replay = await replaySearchOf(record.store, 's');
    expect(replay.snapshot).toMatchObject({ agrees: false });
    expect(replay.differences).not.toEqual([]);
    expect(await snapshots()).toEqual([]);
  });

  it.each([
    ['by another version of the fold', sql`update search_snapshots set fold_version = fold_version + 1`],
    ['of another sweep file', sql`update search_snapshots set canonical_hash = 'other'`],
    ['after an event that the log does not have', sql`update search_snapshots set token = gen_random_uuid()`],
  ])('is folded from its beginning where the snapshot is %s', async (_, change) => {
    const sweep = await searchWithSnapshot();
    await forge(sweep, (memory) => Object.assign(memory.part('suggestions', {}), { most: 0 }));
    await record.query(change);
    await restart(sweep);
    await work(record, sweep);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { total: 12 } });
    expect((await replaySearchOf(record.store, 's')).differences).toEqual([]);
  });

  it('has one again when its log has grown by a quarter, and none from a transaction that is undone', async () => {
    const sweep = await searchWithSnapshot();
    const [first] = await snapshots();
    await lengthen(sweep, 1_000);
    expect(await snapshots()).toEqual([first]);
    const fact = { kind: 'capacity', ordinal: 0, rung: 0, value: 2 } as const;
    const undone = transact(record.store, async (tx) => {
      await advanceSearch(tx, sweep, () => Array.from({ length: 2_000 }, () => fact));
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await snapshots()).toEqual([first]);
    await lengthen(sweep, 1_000);
    expect((await snapshots())[0]?.sequence).toBeGreaterThan((first?.sequence ?? 0) + 1_999);
  });
});
