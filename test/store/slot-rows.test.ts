import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { PostgresWorkerRegister } from '../../src/store/workers/worker-register.ts';
import { openRecordUnderTest, planOf, type RecordUnderTest } from './record-under-test.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(() => record.close());

it('the slots of a sweep are as many as there are, whatever each has claimed and for whom', async () => {
  const register = new PostgresWorkerRegister(record.store);
  const worker = { workerId: 'worker-1', host: 'h', pid: 1, startTime: 't', role: 'train', hardware: null } as const;
  await register.register({ ...worker, slots: 3 });
  const sweep = await record.launch(planOf('mine', 6));
  const other = await record.launch(
    planOf('other', 2, { simulation: { step_ms: 1, failure_rate: 0, crash_rate: 0, steps: 5 } }),
  );
  await record.query(sql`
    update trainings set bundle_key = 'key' from sweep_trainings l
    where l.training_id = trainings.id and l.sweep_id = ${sweep}`);
  const lender = await record.take(sweep);
  const plan = { pack: 8, passMs: { 1: 2, 8: 1 }, batch: { rows: 8, tokens: 16 } };
  await record.ledger.pinPacking(lender.lease, 'test', plan);
  await record.ledger.commit(lender.lease, { kind: 'released' });
  const row = await record.ledger.claim(record.request(sweep, { slotKey: 'a', maxSegments: 4, packingDevice: 'test' }));
  expect(row.kind === 'claimed' && row.bundle.length).toBe(4);
  await record.take(other, { slotKey: 'b' });
  const shown = async (name: string) => (await readSweepSnapshot(record.store, name)).slots;
  expect(await shown('mine')).toMatchObject([
    { slot: '0', running: { trial: 1, kind: 'train', further: 3 }, elsewhere: null },
    { slot: '1', running: null, elsewhere: 'other' },
    { slot: '2', running: null, elsewhere: null },
  ]);
  expect((await shown('other')).map(({ running, elsewhere }) => running?.trial ?? elsewhere)).toEqual([
    'mine',
    1,
    null,
  ]);
});
