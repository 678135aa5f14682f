import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTraining } from '../../src/store/programs/ask-training.ts';
import { commandSweep } from '../../src/store/commands.ts';
import type { DatabaseTransaction, Store } from '../../src/store/database/open-store.ts';
import { pruneHistory } from '../../src/store/keeping/prune-history.ts';
import { replaySearchOf } from '../../src/store/search/read-search.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { keepTraining, reportTraining, tellTraining, type Told } from '../../src/store/programs/tell-training.ts';
import { type AskedRecord, openAskedRecord } from './asked-record.ts';

/* Programs that ask over a network that loses answers, whose steps take long, and of which there are many. */

let record: AskedRecord;
let store: Store;
beforeAll(async () => {
  record = await openAskedRecord();
  ({ store } = record);
});
afterAll(() => record.close());

const launch = (extra?: string, xs?: readonly number[]) => record.launch(extra, xs);
const ask = (sweep: string, leaseSeconds?: number) => record.ask(sweep, leaseSeconds);
const report = (lease: string, step: number, values: Readonly<Record<string, number>>) =>
  record.report(lease, step, values);
const tell = (lease: string, values: Readonly<Record<string, number>>) => record.tell(lease, values);

/** The record over a network that loses the answer to the next commit: it holds, and whoever waited hears of a cut. */
function losingAnAnswer(): Store {
  let isLost = false;
  const transaction = () => ({
    execute: async <T>(body: (tx: DatabaseTransaction) => Promise<T>): Promise<T> => {
      const result = await store.db.transaction().execute(body);
      if (isLost) return result;
      isLost = true;
      throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    },
  });
  const db = new Proxy(store.db, { get: (_, name) => (name === 'transaction' ? transaction : undefined) });
  return { ...store, db };
}

describe('an answer that is lost on the way', () => {
  const leased = () => store.db.selectFrom('segments').select('id').where('status', '=', 'claimed').execute();

  it('of ask: the program has one training, not a second beside it', async () => {
    const sweep = await launch();
    const before = await leased();
    const asked = await askTraining(losingAnAnswer(), { sweep, leaseSeconds: 60, who: 'test' });
    expect(asked).toMatchObject({ kind: 'training', step: 0 });
    expect((await leased()).length - before.length).toBe(1);
    expect(await tell(asked.kind === 'training' ? asked.lease : '', { loss: 1, seconds: 1 })).toEqual({
      answer: 'stop',
      reason: 'done',
    });
  });

  it('of tell: told again, the same is answered as before, and nothing is recorded twice', async () => {
    const sweep = await launch('scheduler: {kind: median, rungs: [0.3, 0.6], least: 2}');
    const ends: readonly (readonly [loss: number, end: Told])[] = [
      [1, { kind: 'result', values: { loss: 1, seconds: 1 } }],
      [2, { kind: 'failed', outcome: 'crashed', message: 'the driver' }],
      [3, { kind: 'given_back' }],
      [1, { kind: 'given_back' }],
    ];
    const answers: unknown[] = [];
    for (const [loss, end] of ends) {
      const { lease } = await ask(sweep);
      const steps = [1, 3, 4].map((step) => () => report(lease, step, { loss }));
      for (const told of [...steps, () => tellTraining(store, lease, end)]) {
        const first = await told().catch((error: unknown) => error);
        if (first instanceof Error) break;
        const before = await record.everything();
        expect(await told()).toEqual(first);
        expect(await record.everything()).toEqual(before);
        answers.push(first);
      }
      // Something else of a step that was told is a mistake still.
      await expect(report(lease, 1, { loss: 9 })).rejects.toThrow(/REPORT_INVALID|LEASE_LOST/);
    }
    expect(answers.length).toBeGreaterThan(8);
    const snapshot = await readSweepSnapshot(store, sweep);
    expect(snapshot.counts).toMatchObject({ succeeded: 1, crashed: 1 });
    expect(await replaySearchOf(store, sweep)).toMatchObject({ differences: [] });
  });

  it('of tell does not give back a lease that another asker has by now', async () => {
    const sweep = await launch('', [1]);
    const slow = await ask(sweep, 0.1);
    await reportTraining(store, slow.lease, { step: 1, values: { loss: 5 }, leaseSeconds: 0.1 });
    await sleep(300);
    const quick = await ask(sweep);
    expect(quick.training).toBe(slow.training);
    await expect(report(slow.lease, 1, { loss: 5 })).rejects.toThrow('LEASE_LOST');
    await expect(keepTraining(store, slow.lease, 60)).rejects.toThrow('LEASE_LOST');
  });
});

describe('a step that takes longer than the lease', () => {
  it('keeps its training by saying that it is worked on, and hears whether to go on', async () => {
    const sweep = await launch('', [1]);
    const { lease } = await ask(sweep, 0.3);
    for (let count = 0; count < 4; count += 1) {
      expect(await keepTraining(store, lease, 60)).toEqual({ answer: 'go', report_at: 10 });
      expect((await askTraining(store, { sweep, leaseSeconds: 60, who: 'other' })).kind).toBe('wait');
      await keepTraining(store, lease, 0.3);
      await sleep(100);
    }
    await keepTraining(store, lease, 60);
    const before = await record.everything();
    await keepTraining(store, lease, 60);
    expect(await record.everything()).toEqual(before);
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'pause' });
    expect(await keepTraining(store, lease, 60)).toEqual({ answer: 'stop', reason: 'given back' });
    await expect(keepTraining(store, lease, 60)).rejects.toThrow('LEASE_LOST');
    await expect(keepTraining(store, '3f0c', 60)).rejects.toThrow('LEASE_UNKNOWN');
  });
});

describe('programs that ask', () => {
  const six = [1, 2, 3, 4, 5, 6];
  const kinds = (sweep: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => askTraining(store, { sweep, leaseSeconds: 60, who: 'test' })));

  it.each(['search: grid', 'search: {kind: random, trials: 6}', 'search: {kind: tpe, trials: 6}'])(
    'have no more trainings at once than the parallelism of their sweep, with %s',
    async (search) => {
      const sweep = await launch(
        `${search}\nparallelism: 2`,
        search === 'search: grid' ? six : [...six, ...six.map((x) => x + 6)],
      );
      const asked = await kinds(sweep, 5);
      const trainings = asked.filter((each) => each.kind === 'training');
      expect(trainings).toHaveLength(2);
      expect(asked.filter(({ kind }) => kind === 'wait')).toHaveLength(3);
      await tell(trainings[0]?.lease ?? '', { loss: 1, seconds: 1 });
      expect((await kinds(sweep, 2)).map(({ kind }) => kind).toSorted()).toEqual(['training', 'wait']);
      await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'set_parallelism', parallelism: 4 });
      const more = await kinds(sweep, 3);
      expect(more.map(({ kind }) => kind).toSorted()).toEqual(['training', 'training', 'wait']);
    },
  );

  it('leave leases that are forgotten with the history of what they held, and no others', async () => {
    const [sweep, other] = [await launch('', [1]), await launch('', [1, 2])];
    const leases = async () => (await store.db.selectFrom('asks').select('lease').execute()).map(({ lease }) => lease);
    const kept = await ask(other);
    const ended = await ask(sweep);
    await tell(ended.lease, { loss: 1, seconds: 1 });
    const before = await leases();
    await sql`update trainings set finished_at = now() - interval '40 days'`.execute(store.db);
    await sql`update asks set created_at = now() - interval '40 days'`.execute(store.db);
    await pruneHistory(store, 30, []);
    const after = await leases();
    expect(before).toEqual(expect.arrayContaining([kept.lease, ended.lease]));
    expect(after).toContain(kept.lease);
    expect(after).not.toContain(ended.lease);
    await expect(tell(ended.lease, { loss: 1, seconds: 1 })).rejects.toThrow('LEASE_UNKNOWN');
  });

  it('have a place again once a lease has run out, and when a training was let go', async () => {
    const sweep = await launch('parallelism: 1', six);
    const gone = await ask(sweep);
    expect((await kinds(sweep, 1))[0]?.kind).toBe('wait');
    await sql`update segments set lease_expires_at = now() - interval '1 second' where status = 'claimed'`.execute(
      store.db,
    );
    expect((await ask(sweep)).training).toBe(gone.training);
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'cancel' });
    expect((await kinds(sweep, 1))[0]?.kind).toBe('over');
    await commandSweep(store, sweep, crypto.randomUUID(), { kind: 'resume' });
    expect((await kinds(sweep, 2)).map(({ kind }) => kind).toSorted()).toEqual(['training', 'wait']);
  });
});
