import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { PostgresWorkerRegister } from '../../src/store/workers/worker-register.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const loss = (firstStep: number, ...values: number[]) => [
  { name: 'loss', firstStep, values: Float64Array.from(values) },
];

const rowsOf = async <Row>(query: ReturnType<typeof sql<Row>>) => (await query.execute(record.store.db)).rows;

describe('the ledger of workers', () => {
  it('gives a repeated claim the same segment under a new epoch', async () => {
    const sweep = await record.launch(planOf('s', 3));
    const first = await record.take(sweep, { slotKey: 'slot', ordinal: 4 });
    const again = await record.take(sweep, { slotKey: 'slot', ordinal: 4 });
    expect(again.lease.segmentId).toBe(first.lease.segmentId);
    expect(again.lease.epoch).toBe(first.lease.epoch + 1);
  });

  it('gives the next segment to a claim whose earlier one was finished', async () => {
    const sweep = await record.launch(planOf('s', 3));
    const first = await record.take(sweep, { slotKey: 'slot', ordinal: 4 });
    await record.ledger.commit(first.lease, outcomeOf(first));
    const next = await record.take(sweep, { slotKey: 'slot', ordinal: 4 });
    expect(next.lease.segmentId).not.toBe(first.lease.segmentId);
  });

  it('writes nothing under a stale epoch', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const old = await record.take(sweep, { slotKey: 'slot' });
    await record.take(sweep, { slotKey: 'slot' });
    expect(await record.ledger.renew(old.lease, 60_000, loss(1, 9))).toEqual({ kind: 'stale' });
    expect(await record.ledger.checkpoint(old.lease, checkpointAt(2), loss(1, 9))).toBe('stale');
    expect(await record.ledger.commit(old.lease, outcomeOf(old))).toBe('stale');
    await record.ledger.event(old.lease, 'room_again', {});
    expect(await rowsOf(sql`select 1 from metrics union all select 1 from checkpoints`)).toEqual([]);
    expect(await rowsOf(sql`select 1 from sweep_events where kind = 'room_again'`)).toEqual([]);
    expect(await rowsOf(sql`select status from segments where kind = 'train'`)).toEqual([{ status: 'claimed' }]);
  });

  it('takes two commits under one lease as one', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const segment = await record.take(sweep);
    expect(await record.ledger.commit(segment.lease, outcomeOf(segment))).toBe('written');
    expect(await record.ledger.commit(segment.lease, outcomeOf(segment))).toBe('written');
    expect(await rowsOf(sql`select train_seconds from trainings`)).toEqual([{ train_seconds: 1 }]);
  });

  it('forgets metrics past the checkpoint that a claim hands out', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const segment = await record.take(sweep, { slotKey: 'slot' });
    await record.ledger.renew(segment.lease, 60_000, loss(1, 5));
    await record.ledger.checkpoint(segment.lease, checkpointAt(2), loss(2, 4));
    await record.ledger.renew(segment.lease, 60_000, loss(3, 3));
    const again = await record.take(sweep, { slotKey: 'slot' });
    expect(again.kind === 'train' && again.checkpoint?.step).toBe(2);
    expect(await rowsOf(sql`select first_step, values from metrics order by 1`)).toEqual([
      { first_step: 1, values: [5] },
      { first_step: 2, values: [4] },
    ]);
  });

  it('never gives one segment to two of twenty claimers at once', async () => {
    const sweep = await record.launch(planOf('s', 10));
    const results = await Promise.all(Array.from({ length: 20 }, () => record.ledger.claim(record.request(sweep))));
    const ids = results.flatMap((result) =>
      result.kind === 'claimed' ? result.bundle.map((s) => s.lease.segmentId) : [],
    );
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
    expect(results.filter((result) => result.kind === 'wait')).toHaveLength(10);
  });

  it('lets a segment be adopted when its lease has run out, and tells the old holder', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const old = await record.take(sweep, { leaseMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const adopted = await record.take(sweep, { workerId: 'worker-2' });
    expect(adopted.lease).toEqual({ segmentId: old.lease.segmentId, epoch: old.lease.epoch + 1 });
    expect(await record.ledger.renew(old.lease, 60_000, [])).toEqual({ kind: 'stale' });
    expect(await record.ledger.renew(adopted.lease, 60_000, [])).toEqual({ kind: 'held', desired: 'run' });
  });

  it('lets the leases of a dead worker run out at once and returns its task tokens', async () => {
    const register = new PostgresWorkerRegister(record.store);
    await register.register({
      workerId: 'worker-1',
      host: 'h',
      pid: 1,
      startTime: 't',
      role: 'train',
      slots: 1,
      hardware: null,
    });
    const sweep = await record.launch(planOf('s', 1));
    await record.take(sweep);
    expect(await register.reapWorker('worker-1')).toEqual([Buffer.from([1, 2, 3])]);
    expect(await register.reapWorker('worker-1')).toEqual([]);
    expect((await record.take(sweep, { workerId: 'worker-2' })).attempt).toBe(2);
  });

  it('counts deaths of the trainer process, and the third ends the training as crashed', async () => {
    const sweep = await record.launch(planOf('s', 2));
    for (let death = 1; death <= 3; death += 1) {
      const segment = await record.take(sweep);
      await record.ledger.commit(segment.lease, { kind: 'process_died', message: `signal ${death}` });
    }
    expect(await rowsOf(sql`select state, failure ->> 'code' as code from trainings order by state desc`)).toEqual([
      { state: 'crashed', code: 'TRAINER_CRASHED' },
      { state: 'active', code: null },
    ]);
    expect(await record.finishAll(sweep)).toBe(2);
    expect(await rowsOf(sql`select state from sweeps`)).toEqual([{ state: 'completed' }]);
  });

  it('goes on from, and evaluates, what its own store holds, and says what it cannot read', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const segment = await record.take(sweep, { slotKey: 'slot' });
    await record.ledger.checkpoint(segment.lease, checkpointAt(2), []);
    await record.ledger.commit(segment.lease, { kind: 'released' });
    const elsewhere = await record.take(sweep, { storeId: 'another machine' });
    expect(elsewhere.kind === 'train' && elsewhere.checkpoint).toBeNull();
    expect(await rowsOf(sql`select kind, detail from sweep_events where kind like 'restarted%'`)).toEqual([
      {
        kind: 'restarted_with_other_checkpoints',
        detail: { from: 'store', to: 'another machine', lost_steps: 2 },
      },
    ]);
    await record.ledger.commit(elsewhere.lease, { kind: 'released' });
    const own = await record.take(sweep);
    await record.ledger.commit(own.lease, outcomeOf(own));
    expect(await record.ledger.claim(record.request(sweep, { storeId: 'another machine' }))).toEqual({ kind: 'wait' });
    expect((await record.take(sweep)).kind).toBe('evaluate');
  });

  it('begins anew in another numerics class, says so, and forgets the checkpoints past that beginning', async () => {
    const sweep = await record.launch(planOf('s', 1));
    const first = await record.take(sweep);
    await record.ledger.checkpoint(first.lease, checkpointAt(3), []);
    await record.ledger.commit(first.lease, { kind: 'released' });
    const elsewhere = await record.take(sweep, { numericsClass: 'other' });
    expect(elsewhere.kind === 'train' && elsewhere.checkpoint).toBeNull();
    expect(await rowsOf(sql`select detail ->> 'to' as class from sweep_events where kind like 'restarted%'`)).toEqual([
      { class: 'other' },
    ]);
    await record.ledger.commit(elsewhere.lease, { kind: 'released' });
    const back = await record.take(sweep);
    expect(back.kind === 'train' && back.checkpoint).toBeNull();
  });

  it('exhausts claims of an older generation', async () => {
    const sweep = await record.launch(planOf('s', 1));
    expect(await record.drive.beginGeneration(sweep, 0)).toBe(1);
    expect(await record.drive.beginGeneration(sweep, 0)).toBeNull();
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
    expect((await record.ledger.claim(record.request(sweep, { generation: 1 }))).kind).toBe('claimed');
  });
});
