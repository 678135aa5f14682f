import { describe, expect, it } from 'vitest';
import { GroupCommit } from '../../activities/group-commit.ts';
import type { FenceResult, SegmentEnd } from '../../src/store/segments/worker-ledger.ts';

const end = (segmentId: string): SegmentEnd => ({ lease: { segmentId, epoch: 1 }, outcome: { kind: 'released' } });

/** A record that holds its first transaction until it is let go, and notes what each of them had. */
function heldRecord(answer: (ids: readonly string[]) => readonly FenceResult[]) {
  const groups: string[][] = [];
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const commit = async (ends: readonly SegmentEnd[]) => {
    const ids = ends.map(({ lease }) => lease.segmentId);
    groups.push(ids);
    if (groups.length === 1) await held;
    return answer(ids);
  };
  return { groups, commit, letGo: () => letGo() };
}

describe('commits of a worker’s slots', () => {
  it('that come while one is on its way go together in the next, and each learns its own result', async () => {
    const record = heldRecord((ids) => ids.map((id) => (id === 'c' ? 'stale' : 'written')));
    const commits = new GroupCommit(record.commit, () => false);
    const results = Promise.all(['a', 'b', 'c', 'd'].map((id) => commits.commit(end(id))));
    record.letGo();
    expect(await results).toEqual(['written', 'written', 'stale', 'written']);
    expect(record.groups).toEqual([['a'], ['b', 'c', 'd']]);
    expect(await commits.commit(end('e'))).toBe('written');
  });

  it('are tried one by one when the record refuses a group, so that only the bad one fails', async () => {
    const record = heldRecord((ids) => {
      if (ids.includes('bad')) throw new Error('refused');
      return ids.map(() => 'written');
    });
    const commits = new GroupCommit(record.commit, () => false);
    const results = Promise.allSettled(['a', 'b', 'bad', 'd'].map((id) => commits.commit(end(id))));
    record.letGo();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(record.groups).toEqual([['a'], ['b', 'bad', 'd'], ['b'], ['bad'], ['d']]);
  });

  it('all hear that the record is away, at once', async () => {
    const record = heldRecord(() => {
      throw new Error('away');
    });
    const commits = new GroupCommit(record.commit, () => true);
    const results = Promise.allSettled(['a', 'b', 'c'].map((id) => commits.commit(end(id))));
    record.letGo();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(record.groups).toEqual([['a'], ['b', 'c']]);
  });
});
