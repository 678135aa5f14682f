import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { countSweepEvents, readSweepEvents } from '../../src/store/views/sweep-events.ts';
import { readSearchView } from '../../src/store/search/search-view.ts';
import { SweepOverviews } from '../../src/store/views/sweep-overview.ts';
import { look } from '../../src/store/database/open-store.ts';
import { readTrialsOf, readTrialValues } from '../../src/store/views/trials/trial-values.ts';
import { listWorkers } from '../../src/store/workers/worker-list.ts';
import { PostgresWorkerRegister } from '../../src/store/workers/worker-register.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

/*
 * What the dashboard's views read, of a sweep with rungs whose trainings are worked through by one worker: the accuracy of
 * each is a tenth of its number.
 */
describe('the views’ queries', () => {
  let record: RecordUnderTest;
  let sweepId: string;
  beforeAll(async () => {
    record = await openRecordUnderTest();
    const { definition, inputs } = planOf('viewed', 1);
    const space = { dropout_rate: [0.25, 0.5], rank: [4, 8], seed: [1, 2] };
    const scheduler = { kind: 'asha', rungs: [0.5], keep: 0.5 };
    sweepId = await record.launch(planSweep({ ...definition, space, scheduler }, inputs));
    await new PostgresWorkerRegister(record.store).register({
      workerId: 'worker-1',
      host: 'forge',
      pid: 7,
      startTime: '1',
      role: 'train',
      slots: 2,
      hardware: 'A processor, 8 cores, 31.2 GiB',
    });
    const numbers = new Map<string, number>();
    for (let count = 0; count < 60; count += 1) {
      const result = await record.ledger.claim(record.request(sweepId));
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) {
        const number = numbers.get(segment.trainingId) ?? numbers.size + 1;
        numbers.set(segment.trainingId, number);
        await record.ledger.commit(segment.lease, outcomeOf(segment, number / 10));
      }
    }
  });
  afterAll(() => record.close());

  it('give trials’ values in any columns', async () => {
    const rows = await look(record.store, async (tx) =>
      readTrialValues(
        tx,
        await readTrialsOf(tx, sweepId),
        [1, 2, 3, 4, 5, 6, 7, 8],
        [
          { of: 'metric', name: 'accuracy' },
          { of: 'metric', name: 'complexity' },
          { of: 'setting', name: 'rank' },
          { of: 'setting', name: 'targets' },
          { of: 'evaluation', name: 'ensemble_size' },
          { of: 'state', name: 'state' },
          { of: 'trial', name: 'trial' },
        ],
      ),
    );
    expect(rows).toHaveLength(8);
    const best = rows.find(({ values }) => values[5] === 'succeeded');
    expect(best?.values).toEqual([
      expect.any(Number),
      null,
      expect.any(Number),
      expect.any(String),
      2,
      'succeeded',
      best?.trial,
    ]);
    expect(rows.map(({ values }) => values[5])).toContain('pruned');
  });

  it('tell what was decided at each rung, and why', async () => {
    const { decisions, total, rungs } = await readSearchView(record.store, sweepId, { offset: 1, limit: 3 });
    expect(rungs.map(({ step, trainings, reached }) => [step, trainings, reached])).toEqual([
      [2, 8, 8],
      [4, 8, rungs[1]?.reached],
    ]);
    const [first] = rungs;
    expect((first?.promoted ?? 0) + (first?.pruned ?? 0)).toBe(8);
    expect(first?.best).toBe(0.8);
    expect(total).toBe(8);
    expect(decisions).toHaveLength(3);
    for (const { kind, trial, reason } of decisions) {
      expect(['promote', 'prune']).toContain(kind);
      expect(trial).toBeGreaterThanOrEqual(1);
      expect(reason).toMatch(/rung 0/);
    }
  });

  it('list workers with what they did, and sweeps with how they do', async () => {
    const [worker] = await listWorkers(record.store);
    expect(worker).toMatchObject({ host: 'forge', slots: 2, numericsClass: 'test-class', running: [], troubled: 0 });
    expect(worker?.done).toBeGreaterThan(8);
    expect(worker?.stepsPerSecond).toBeGreaterThan(0);
    expect(worker).toMatchObject({ slotStates: [], struck: [] });
    const {
      rows: [sweep],
    } = await new SweepOverviews(record.store).page({ offset: 0, limit: 10 });
    expect(sweep).toMatchObject({ name: 'viewed', state: 'completed', objective: 'accuracy', trials: 8, failed: 0 });
    expect(sweep?.best).toBeGreaterThan(0.1);
    expect(sweep?.failures).toEqual({ diverged: 0, out_of_memory: 0, infeasible: 0, crashed: 0 });
    expect(sweep?.stepsDone).toBe(sweep?.stepsTotal);
  });

  it('list a page of sweeps, and look at one that has ended again when it may have changed', async () => {
    const overviews = new SweepOverviews(record.store);
    const best = async () => (await overviews.page({ offset: 0, limit: 10 })).rows.map((row) => row.best);
    await record.launch(planOf('later', 1));
    const [newer, ended] = (await overviews.page({ offset: 0, limit: 10 })).rows;
    expect([newer?.name, ended?.name]).toEqual(['later', 'viewed']);
    expect(await overviews.page({ offset: 1, limit: 10 })).toEqual({ total: 2, from: 1, rows: [ended] });
    await sql`update evaluations set metrics = jsonb_set(metrics, '{accuracy}', '2') where metrics is not null`.execute(
      record.store.db,
    );
    expect(await best()).toEqual([null, ended?.best]);
    await sql`update sweeps set generation = generation + 1 where name = 'viewed'`.execute(record.store.db);
    expect(await best()).toEqual([null, 2]);
    await sql`delete from sweeps where name = 'later'`.execute(record.store.db);
    expect(await best()).toEqual([2]);
  });

  it('list what slots run, how fast and with what use, and trainings that took their process along', async () => {
    const own = await record.launch(planOf('struck', 2));
    const register = new PostgresWorkerRegister(record.store);
    const segment = await record.take(own);
    const chunks = [
      { name: 'step_seconds', firstStep: 1, values: Float64Array.of(0.5, 0.5) },
      { name: 'tokens', firstStep: 1, values: Float64Array.of(300, 100) },
    ];
    await record.ledger.renew(segment.lease, 60_000, chunks);
    const state = {
      slot: 1,
      pid: 77,
      segments: [segment.lease.segmentId],
      processors: 1.5,
      memory_bytes: 5e8,
      memory_limit_bytes: 8e9,
    };
    await register.heartbeat('worker-1', [state]);
    // What could not be looked at leaves what was seen.
    await register.heartbeat('worker-1', null);
    const [busy] = await listWorkers(record.store);
    expect(busy?.slotStates).toEqual([state]);
    const run = { sweep: 'struck', kind: 'train', step: 2, of: 4, stepsPerSecond: 2, tokensPerSecond: 400 };
    expect(busy?.running).toEqual([expect.objectContaining({ ...run, segment: segment.lease.segmentId })]);

    const died = { kind: 'process_died', message: 'signal SIGKILL' } as const;
    await record.ledger.commit(segment.lease, died);
    const [once] = await listWorkers(record.store);
    expect(once?.struck).toEqual([
      { sweep: 'struck', trial: busy?.running[0]?.trial, deaths: 1, quarantined: false, why: 'signal SIGKILL' },
    ]);
    for (let death = 2; death <= 3; death += 1) {
      let again = await record.take(own);
      while (again.trainingId !== segment.trainingId) again = await record.take(own);
      await record.ledger.commit(again.lease, died);
    }
    const [thrice] = await listWorkers(record.store);
    expect(thrice?.struck).toMatchObject([{ deaths: 3, quarantined: true }]);
  });

  it('narrow events to kinds', async () => {
    const pruned = await readSweepEvents(record.store.db, { sweepId, limit: 100, kinds: ['pruned'] });
    expect(new Set(pruned.map(({ kind }) => kind))).toEqual(new Set(['pruned']));
    expect(await countSweepEvents(record.store.db, sweepId, ['pruned'])).toBe(pruned.length);
    expect(await countSweepEvents(record.store.db, sweepId)).toBeGreaterThan(pruned.length);
  });
});
