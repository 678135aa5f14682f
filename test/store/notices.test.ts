import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConditions } from '../../src/notices/conditions.ts';
import { commandSweep } from '../../src/store/commands.ts';
import {
  claimDeliveries,
  findNotices,
  giveDeliveryBack,
  holdDelivery,
  mostAttempts,
  settleDelivery,
} from '../../src/store/notices/notice-deliveries.ts';
import { addNotice, listNotices, removeNotice } from '../../src/store/notices/notices.ts';
import { readSweepEvents } from '../../src/store/views/sweep-events.ts';
import type { Target } from '../../src/notices/target-kind.ts';
import { openRecordUnderTest, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
let sweepId: string;
beforeEach(async () => {
  record = await openRecordUnderTest();
  sweepId = await record.launch(planOf('s', 3));
});
afterEach(() => record.close());

const hook = { kind: 'webhook', address: 'https://hooks.test/T0/secret', host: null, folder: null };
const set = (on: string, target: Target = hook) => addNotice(record.store, 's', target, readConditions(on));
const claim = (host = 'here') => claimDeliveries(record.store, host, 10);
const failed = { kind: 'failed', problem: 'it answered 500', again: true } as const;
const past = () =>
  record.query(
    sql`update notice_deliveries set due_at = now(), claimed_until = now() - interval '1 second' where claimed_until is not null or due_at > now()`,
  );

async function eventKinds(): Promise<readonly string[]> {
  const events = await readSweepEvents(record.store.db, { sweepId, limit: 100 });
  expect(JSON.stringify(events)).not.toContain('secret');
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith('notice_'));
}

describe('notices of a sweep', () => {
  it('tell its end once, with what came out, whoever looks', async () => {
    await set('end');
    await findNotices(record.store);
    expect(await claim()).toEqual([]);
    await record.finishAll(sweepId);
    await Promise.all([1, 2, 3, 4].map(() => findNotices(record.store)));
    const [delivery, ...others] = (await Promise.all([claim(), claim(), claim()])).flat();
    expect(others).toEqual([]);
    if (delivery === undefined) throw new Error('nothing is delivered');
    expect(delivery.payload).toMatchObject({
      ...{ id: delivery.id, sweep: 's', condition: 'end', state: 'completed', trainings: 3, ended: 3, failed: 0 },
      ...{ objective: 'accuracy', best: { value: 0.5, trial: 1 } },
    });
    await settleDelivery(record.store, delivery, { kind: 'delivered' });
    await findNotices(record.store);
    expect(await claim()).toEqual([]);
    expect(await eventKinds()).toEqual(['notice_set', 'notice_delivered']);
    expect(await listNotices(record.store, 's')).toMatchObject([
      {
        kind: 'webhook',
        target: 'https://hooks.test/…',
        conditions: ['end'],
        delivered: 1,
        pending: 0,
        failed: 0,
        problem: null,
      },
    ]);
  });

  it('tell a new best, the newest of those that came while one waited, and none that was there before', async () => {
    await record.finishAll(sweepId);
    await set('best');
    await findNotices(record.store);
    expect(await claim()).toEqual([]);
    await record.query(
      sql`update evaluations set metrics = metrics || '{"accuracy": 0.8}' where id = (select evaluation_id from sweep_evaluations where trial = 2)`,
    );
    await record.query(sql`update sweeps set finished_at = null, state = 'running'`);
    await findNotices(record.store);
    await record.query(
      sql`update evaluations set metrics = metrics || '{"accuracy": 0.9}' where id = (select evaluation_id from sweep_evaluations where trial = 3)`,
    );
    await findNotices(record.store);
    const [first, ...none] = await claim();
    expect([first?.payload.best, none]).toEqual([{ trial: 2, value: 0.8 }, []]);
    if (first !== undefined) await settleDelivery(record.store, first, { kind: 'delivered' });
    await findNotices(record.store);
    expect((await claim()).map(({ payload }) => payload.text)).toEqual([
      's: accuracy 0.9 by trial 3, the best so far, 0.8 before',
    ]);
  });

  it('tell a cancelled sweep’s end, and the next end again', async () => {
    await set('end');
    await commandSweep(record.store, 's', '00000000-0000-4000-8000-000000000001', { kind: 'cancel' });
    const states: string[] = [];
    const tell = async () => {
      await findNotices(record.store);
      for (const delivery of await claim()) {
        states.push(delivery.payload.state);
        await settleDelivery(record.store, delivery, { kind: 'delivered' });
      }
    };
    await tell();
    await tell();
    await commandSweep(record.store, 's', '00000000-0000-4000-8000-000000000002', { kind: 'resume' });
    await tell();
    await record.finishAll(sweepId);
    await tell();
    expect(states).toEqual(['cancelled', 'completed']);
  });
});

describe('deliveries', () => {
  beforeEach(async () => {
    await set('end');
    await record.finishAll(sweepId);
    await findNotices(record.store);
  });

  it('whose worker was killed are made again with the same id, and what the killed one says late counts nothing', async () => {
    const [lost] = await claim();
    if (lost === undefined) throw new Error('nothing is due');
    expect(await holdDelivery(record.store, lost)).toBe(true);
    expect(await claim()).toEqual([]);
    await past();
    const [second] = await claim();
    expect(second).toMatchObject({ id: lost.id, attempt: 2, payload: lost.payload });
    expect(await holdDelivery(record.store, lost)).toBe(false);
    await settleDelivery(record.store, lost, failed);
    await giveDeliveryBack(record.store, lost);
    expect(await eventKinds()).toEqual(['notice_set']);
    if (second !== undefined) await settleDelivery(record.store, second, { kind: 'delivered' });
    expect(await eventKinds()).toEqual(['notice_set', 'notice_delivered']);
  });

  it('that fail are made again later and later, so many times, and then given up', async () => {
    const waits: number[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const [delivery] = await claim();
      if (delivery === undefined) break;
      expect(delivery.attempt).toBe(attempt);
      await settleDelivery(record.store, delivery, failed);
      expect(await claim()).toEqual([]);
      const [row] = await record.query(
        sql<{
          wait: number;
        }>`select round(extract(epoch from due_at - now()))::int as wait from notice_deliveries where state = 'pending'`,
      );
      if (row !== undefined) waits.push(row.wait);
      await past();
    }
    expect(waits).toEqual([5, 10, 20, 40, 80]);
    expect(await eventKinds()).toEqual([
      'notice_set',
      ...Array.from({ length: mostAttempts - 1 }, () => 'notice_delayed'),
      'notice_failed',
    ]);
    expect(await listNotices(record.store, 's')).toMatchObject([{ failed: 1, pending: 0, problem: 'it answered 500' }]);
  });

  it('that no other attempt can help are given up at once; those broken off do not count', async () => {
    const [delivery] = await claim();
    if (delivery === undefined) throw new Error('nothing is due');
    await giveDeliveryBack(record.store, delivery);
    const [again] = await claim();
    expect(again).toMatchObject({ id: delivery.id, attempt: 1 });
    if (again !== undefined) await settleDelivery(record.store, again, { ...failed, again: false });
    expect(await eventKinds()).toEqual(['notice_set', 'notice_failed']);
  });

  it('of a command are made by the host that set it, and of a notice that is gone by nobody', async () => {
    await record.query(sql`delete from notices`);
    const id = await set('end', { kind: 'command', address: 'true', host: 'there', folder: '/' });
    await findNotices(record.store);
    expect(await claim('here')).toEqual([]);
    expect(await claim('there')).toMatchObject([{ target: { kind: 'command', host: 'there', folder: '/' } }]);
    await expect(removeNotice(record.store, 's', id + 1)).rejects.toThrow(`expected: one of ${id}`);
    await removeNotice(record.store, 's', id);
    await past();
    expect(await claim('there')).toEqual([]);
    await expect(addNotice(record.store, 'z', hook, readConditions('end'))).rejects.toThrow('no sweep named z');
  });
});
