import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import { outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

/** Claims for one turn of a slot. */
function turn(sweepId: string, maxInARow: number): () => Promise<readonly Segment[]> {
  let ordinal = -1;
  const { slotKey } = record.request(sweepId);
  return async () => {
    ordinal += 1;
    const claim = await record.ledger.claim(record.request(sweepId, { slotKey, ordinal, maxInARow }));
    return claim.kind === 'claimed' ? claim.bundle : [];
  };
}

const ends = (segments: readonly Segment[]) =>
  segments.map((segment) => ({ lease: segment.lease, outcome: outcomeOf(segment) }));

describe('a row of segments', () => {
  it('is as long as is asked, in the sweep’s order, then has the evaluations of what it trained', async () => {
    const sweep = await record.launch(planOf('s', 100));
    const [claim, other] = [turn(sweep, 32), turn(sweep, 8)];
    const trainings = await claim();
    expect(trainings.map(({ kind }) => kind)).toEqual(Array.from({ length: 32 }, () => 'train'));
    expect(await record.ledger.commitAll(ends(trainings))).toEqual(trainings.map(() => 'written'));
    const others = await other();
    expect(others.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'train'));
    const evaluations = await claim();
    expect(evaluations.map(({ kind, trainingHash }) => ({ kind, trainingHash }))).toEqual(
      trainings.map(({ trainingHash }) => ({ kind: 'evaluate', trainingHash })),
    );
    await record.ledger.commitAll(ends(evaluations));
    const { counts } = await readSweepSnapshot(record.store, 's');
    expect(counts).toMatchObject({ succeeded: 32, running: 8 });
  });

  it('that is committed in one go leaves out what somebody else has taken over, and writes the others', async () => {
    const sweep = await record.launch(planOf('s', 4));
    const row = await turn(sweep, 4)();
    await record.query(
      sql`update segments set lease_expires_at = now() - interval '1 second' where id = ${row[1]?.lease.segmentId}`,
    );
    await record.take(sweep);
    expect(await record.ledger.commitAll(ends(row))).toEqual(['written', 'stale', 'written', 'written']);
    expect(await record.ledger.commitAll(ends(row))).toEqual(['written', 'stale', 'written', 'written']);
    const { counts } = await readSweepSnapshot(record.store, 's');
    expect(counts).toMatchObject({ succeeded: 0, total: 4 });
  });

  it('has failures, deaths and what was given back beside what went well', async () => {
    const sweep = await record.launch(planOf('s', 4));
    const row = await turn(sweep, 4)();
    const failed = { kind: 'failed', outcome: 'diverged', code: 'SIMULATED_DIVERGENCE', message: 'no' } as const;
    const outcomes = [
      undefined,
      failed,
      { kind: 'process_died', message: 'gone' } as const,
      { kind: 'released' } as const,
    ];
    await record.ledger.commitAll(
      row.map((segment, at) => ({ lease: segment.lease, outcome: outcomes[at] ?? outcomeOf(segment) })),
    );
    const rows = await record.query(sql<{ state: string; status: string; deaths: number }>`
      select t.state, s.status, s.crash_count as deaths from sweep_trainings l join trainings t on t.id = l.training_id
        join segments s on s.training_id = t.id and s.kind = 'train' order by l.ordinal`);
    expect(rows).toEqual([
      { state: 'active', status: 'done', deaths: 0 },
      { state: 'diverged', status: 'failed', deaths: 0 },
      { state: 'active', status: 'ready', deaths: 1 },
      { state: 'active', status: 'ready', deaths: 0 },
    ]);
  });

  it('waits for its trainer’s own slot for a while, and is taken by whoever has nothing else to do', async () => {
    const sweep = await record.launch(planOf('s', 2));
    const trained = await turn(sweep, 2)();
    await record.ledger.commitAll(ends(trained));
    const other = await turn(sweep, 2)();
    expect(other.map(({ kind }) => kind)).toEqual(['evaluate', 'evaluate']);
  });
});
