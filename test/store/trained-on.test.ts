import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { readTrainedOn } from '../../src/store/views/trained-on.ts';
import { PostgresWorkerRegister } from '../../src/store/workers/worker-register.ts';
import { numericsClass, openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/*
 * A sweep of four trainings: two workers of two machines train them, and neither is the one that launches.
 */
describe('the machines that trained a sweep', () => {
  let record: RecordUnderTest;
  let sweepId: string;
  const hardware = { 'worker-1': 'A processor, 8 cores, 31.2 GiB', 'worker-2': null };

  beforeAll(async () => {
    record = await openRecordUnderTest();
    const { definition, inputs } = planOf('placed', 1);
    sweepId = await record.launch(planSweep({ ...definition, space: { dropout_rate: [0, 0.2, 0.4, 0.6] } }, inputs));
    const register = new PostgresWorkerRegister(record.store);
    const entry = { pid: 7, startTime: '1', role: 'train', slots: 1 };
    await register.register({ ...entry, workerId: 'worker-1', host: 'forge', hardware: hardware['worker-1'] });
    await register.register({ ...entry, workerId: 'worker-2', host: 'anvil', hardware: hardware['worker-2'] });
    for (let count = 0; count < 20; count += 1) {
      const workerId = count === 0 ? 'worker-2' : 'worker-1';
      const result = await record.ledger.claim({ ...record.request(sweepId), workerId });
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) await record.ledger.commit(segment.lease, outcomeOf(segment, 0.5));
    }
  });
  afterAll(() => record.close());

  it('are told with their hardware, their device and the trainings of each', async () => {
    const places = await readTrainedOn(record.store, sweepId);
    expect(places.map(({ host, hardware: told, trainings }) => [host, told, trainings])).toEqual([
      ['forge', hardware['worker-1'], 3],
      ['anvil', null, 1],
    ]);
    expect(new Set(places.map((place) => place.numericsClass))).toEqual(new Set([numericsClass]));
  });

  it('are no longer told where history was pruned, but their device is', async () => {
    await sql`update trainings set numerics_class = ${numericsClass}`.execute(record.store.db);
    await sql`delete from attempts`.execute(record.store.db);
    expect(await readTrainedOn(record.store, sweepId)).toEqual([
      { host: null, hardware: null, numericsClass, trainings: 4 },
    ]);
  });
});
