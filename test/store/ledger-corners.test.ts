import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { PostgresWorkerRegister } from '../../src/store/workers/worker-register.ts';
import type { Segment, SegmentOutcome } from '../../src/sweep/segment.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const halving = { kind: 'halving', rungs: [0.5, 1], keep: 0.5 } as const;

/** Lets the sweep's trainings, of two instances each, step together in packs of so many passes. */
async function pinPack(sweepId: string, pack: number): Promise<void> {
  await record.query(sql`
    update trainings set bundle_key = 'key' from sweep_trainings l
    where l.training_id = trainings.id and l.sweep_id = ${sweepId}`);
  const lender = await record.take(sweepId);
  const plan = { pack, passMs: { 1: 2, [pack]: 1 }, batch: { rows: 8, tokens: 16 } };
  await record.ledger.pinPacking(lender.lease, 'test', plan);
  await record.ledger.commit(lender.lease, { kind: 'released' });
}

async function takeBundle(sweepId: string, slotKey: string, maxSegments: number): Promise<readonly Segment[]> {
  const request = record.request(sweepId, { slotKey, maxSegments, packingDevice: 'test' });
  const result = await record.ledger.claim(request);
  if (result.kind !== 'claimed') throw new Error(`nothing to claim: ${result.kind}`);
  return result.bundle;
}

describe('a bundle', () => {
  it('is handed out again in the same order, without what was finished of it', async () => {
    const sweep = await record.launch(planOf('s', 12));
    await pinPack(sweep, 20);
    const first = await takeBundle(sweep, 'slot', 10);
    expect(first).toHaveLength(10);
    const done = first[3];
    if (done === undefined) throw new Error('no fourth segment');
    await record.ledger.commit(done.lease, outcomeOf(done));
    const again = await takeBundle(sweep, 'slot', 10);
    const expected = first.filter((segment) => segment !== done);
    expect(again.map(({ trainingHash }) => trainingHash)).toEqual(expected.map(({ trainingHash }) => trainingHash));
    expect(again.map(({ lease }) => lease.epoch)).toEqual(expected.map(({ lease }) => lease.epoch + 1));
  });

  it('of a dead worker gives back its one task token once', async () => {
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
    const sweep = await record.launch(planOf('s', 5));
    await pinPack(sweep, 10);
    await takeBundle(sweep, 'slot', 5);
    expect(await register.reapWorker('worker-1')).toEqual([Buffer.from([1, 2, 3])]);
    expect((await takeBundle(sweep, 'other', 5)).map(({ attempt }) => attempt)).toEqual([3, 2, 2, 2, 2]);
  });

  it('never shares a segment with another that is taken at the same time', async () => {
    const sweep = await record.launch(planOf('s', 50));
    await pinPack(sweep, 14);
    const bundles = await Promise.all(
      Array.from({ length: 12 }, (_, slot) =>
        record.ledger.claim(record.request(sweep, { slotKey: `slot ${slot}`, maxSegments: 7, packingDevice: 'test' })),
      ),
    );
    const ids = bundles.flatMap((result) =>
      result.kind === 'claimed' ? result.bundle.map(({ lease }) => lease.segmentId) : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(50);
  });
});

describe('packing', () => {
  it('is measured where trainings could step together, and the first plan stays', async () => {
    const sweep = await record.launch(planOf('s', 3));
    const unpinned = await takeBundle(sweep, 'before', 8);
    expect(unpinned).toMatchObject([{ pack: 1 }]);
    await pinPack(sweep, 2);
    const [segment] = await takeBundle(sweep, 'after', 8);
    expect(segment).toMatchObject({ pack: 2 });
    const other = { pack: 4, passMs: null, batch: { rows: 1, tokens: 1 } };
    if (segment !== undefined) await record.ledger.pinPacking(segment.lease, 'test', other);
    expect(await record.query(sql`select pack from packing_plans`)).toEqual([{ pack: 2 }]);
    const alone = await record.ledger.claim(record.request(sweep, { packingDevice: 'another' }));
    expect(alone).toMatchObject({ bundle: [{ pack: null }] });
  });

  it('takes along what stands at the same step, and nothing that a process died of', async () => {
    const sweep = await record.launch(planOf('s', 6));
    await pinPack(sweep, 8);
    const [ahead, died] = [await record.take(sweep), await record.take(sweep)];
    const loss = { name: 'loss', firstStep: 1, values: Float64Array.of(1, 1) };
    await record.ledger.checkpoint(ahead.lease, checkpointAt(2), [loss]);
    await record.ledger.commit(ahead.lease, { kind: 'released' });
    await record.ledger.commit(died.lease, { kind: 'process_died', message: 'it did' });
    const bundles: string[][] = [];
    for (const slot of ['first', 'second', 'third']) {
      bundles.push((await takeBundle(sweep, slot, 8)).map(({ trainingHash }) => trainingHash));
    }
    expect(bundles.slice(0, 2)).toEqual([[ahead.trainingHash], [died.trainingHash]]);
    expect(bundles[2]).toHaveLength(4);
  });
});

describe('checkpoints', () => {
  it('of two segments at one step never pass for those of another numerics class', async () => {
    const sweep = await record.launch(planOf('s', 1, { scheduler: halving, rungSteps: [2, 4] }));
    const rung = await record.take(sweep);
    await record.ledger.commit(rung.lease, outcomeOf(rung));
    const evaluate = await record.take(sweep);
    await record.ledger.commit(evaluate.lease, outcomeOf(evaluate));
    const elsewhere = await record.take(sweep, { numericsClass: 'other' });
    expect(elsewhere).toMatchObject({ kind: 'train', checkpoint: null, endStep: 4 });
    expect(elsewhere.lease.epoch).toBeGreaterThan(rung.lease.epoch);
    await record.ledger.checkpoint(elsewhere.lease, { ...checkpointAt(2), uri: 'from the other class' }, []);
    await record.ledger.commit(elsewhere.lease, { kind: 'released' });
    expect(await record.query(sql`select numerics_class from checkpoints where uri = 'from the other class'`)).toEqual([
      { numerics_class: 'other' },
    ]);
    const on = await record.take(sweep, { numericsClass: 'other' });
    expect(on).toMatchObject({ kind: 'train', checkpoint: { step: 2, uri: 'from the other class' } });
  });

  it.each([
    { where: 'in another numerics class', elsewhere: { numericsClass: 'other' } },
    { where: 'without the checkpoint’s file', elsewhere: { storeId: 'elsewhere' } },
  ])('are forgotten with the metrics of their steps where an attempt begins again $where', async ({ elsewhere }) => {
    const sweep = await record.launch(planOf('s', 1, { scheduler: halving, rungSteps: [2, 4] }));
    const losses = (firstStep: number, count: number) => [
      { name: 'loss', firstStep, values: new Float64Array(count).fill(firstStep) },
    ];
    const rung = await record.take(sweep);
    await record.ledger.commit(rung.lease, { ...outcomeOf(rung), metrics: losses(1, 2) } as SegmentOutcome);
    const evaluate = await record.take(sweep);
    await record.ledger.commit(evaluate.lease, outcomeOf(evaluate));
    const again = await record.take(sweep, elsewhere);
    expect(again).toMatchObject({ kind: 'train', checkpoint: null, endStep: 4 });
    // It dies before it has written anything.
    await record.ledger.commit(again.lease, { kind: 'process_died', message: 'killed' });
    const back = await record.take(sweep);
    // Gone on from step 2 it would have no metrics of steps 1 and 2.
    expect(back).toMatchObject({ kind: 'train', checkpoint: null, endStep: 4 });
    await record.ledger.commit(back.lease, { ...outcomeOf(back), metrics: losses(1, 4) } as SegmentOutcome);
    const told = await record.query(sql<{ steps: number }>`
      select sum(array_length(values, 1))::integer as steps from metrics where name = 'loss'`);
    expect(told).toEqual([{ steps: 4 }]);
    expect(await record.query(sql`select step, forgotten from checkpoints order by id`)).toEqual([
      { step: 2, forgotten: true },
      { step: 4, forgotten: false },
    ]);
  });
});

describe('a training whose trainer dies three times', () => {
  it('is crashed with its evaluations failed, and neither is wanted any more', async () => {
    const sweep = await record.launch(planOf('s', 1));
    for (let death = 1; death <= 3; death += 1) {
      const segment = await record.take(sweep);
      expect(segment.attempt).toBe(death);
      await record.ledger.commit(segment.lease, { kind: 'process_died', message: 'signal 11' });
    }
    expect(await record.query(sql`select status from evaluations`)).toEqual([{ status: 'failed' }]);
    expect(await record.query(sql`select kind from sweep_events where kind = 'trainer_died'`)).toHaveLength(3);
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { crashed: 1 } });
  });
});

describe('many lanes at once', () => {
  it('finish a sweep, and the last of them completes it', async () => {
    const sweep = await record.launch(planOf('s', 40));
    const counts = await Promise.all(Array.from({ length: 6 }, () => finishLane(sweep)));
    expect(counts.reduce((total, count) => total + count, 0)).toBe(80);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 40 } });
    expect(await record.query(sql`select count(*) from sweep_events where kind = 'completed'`)).toEqual([{ count: 1 }]);
  });

  it('bring halving to one decision for each training and rung', async () => {
    const plan = planOf('s', 16, { scheduler: halving, rungSteps: [2, 4] });
    const sweep = await record.launch(plan);
    await Promise.all(Array.from({ length: 6 }, () => finishLane(sweep)));
    const decisions = await record.query(
      sql`select kind, count(*), count(distinct (ordinal, rung)) as of from search_events group by 1 order by 1`,
    );
    expect(decisions).toEqual([
      { kind: 'planned', count: 1, of: 1 },
      { kind: 'promote', count: 8, of: 8 },
      { kind: 'prune', count: 8, of: 8 },
      { kind: 'report', count: 16, of: 16 },
      { kind: 'result', count: 8, of: 8 },
    ]);
    const sequence = await record.query(sql`select max(sequence) + 1 as next, count(*) from search_events`);
    expect(sequence).toEqual([{ next: 41, count: 41 }]);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      counts: { succeeded: 8, pruned: 8 },
    });
  });
});

/** A lane as it claims, commits and claims again until it is told that nothing is left. @returns segments done */
async function finishLane(sweepId: string): Promise<number> {
  let count = 0;
  for (;;) {
    const result = await record.ledger.claim(record.request(sweepId));
    if (result.kind === 'exhausted') return count;
    if (result.kind === 'wait') {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    for (const segment of result.bundle) {
      await record.ledger.commit(segment.lease, outcomeOf(segment, accuracyOf(segment)));
      count += 1;
    }
  }
}

/** Distinct for each training, so that halving has no ties. */
function accuracyOf(segment: Segment): number {
  return segment.specification.configuration.seed / 100;
}

describe('a sweep of every kind of ending', () => {
  it('is shown with each of its trainings where it stands', async () => {
    const sweep = await record.launch(planOf('s', 6));
    const register = new PostgresWorkerRegister(record.store);
    await register.register({
      workerId: 'worker-1',
      host: 'h',
      pid: 1,
      startTime: 't',
      role: 'train',
      slots: 3,
      hardware: null,
    });
    const fail = async (outcome: 'diverged' | 'infeasible') => {
      const segment = await record.take(sweep);
      await record.ledger.commit(segment.lease, { kind: 'failed', outcome, code: 'NON_FINITE', message: 'so it was' });
    };
    await fail('diverged');
    await fail('infeasible');
    const good = await record.take(sweep);
    await record.ledger.commit(good.lease, outcomeOf(good));
    const scored = await record.take(sweep);
    await record.ledger.commit(scored.lease, outcomeOf(scored, 0.9));
    const next = await record.take(sweep);
    await record.ledger.commit(next.lease, outcomeOf(next));
    await record.take(sweep);
    const running = await record.take(sweep);
    await record.ledger.renew(running.lease, 60_000, [
      { name: 'loss', firstStep: 1, values: Float64Array.of(0.75, 0.5) },
    ]);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot.counts).toEqual({
      collapsed: 0,
      waiting: 1,
      running: 1,
      evaluating: 1,
      succeeded: 1,
      diverged: 1,
      out_of_memory: 0,
      infeasible: 1,
      crashed: 0,
      pruned: 0,
      cancelled: 0,
      total: 6,
      reused: 0,
    });
    expect(snapshot.stepsTotal).toBe(24);
    expect(snapshot.trials).toHaveLength(6);
    expect(snapshot.trials[0]).toMatchObject({ state: 'succeeded', step: 4, metrics: { accuracy: 0.9 } });
    expect(snapshot.trials.find(({ state }) => state === 'running')).toMatchObject({ step: 2 });
    expect(snapshot.trials.find(({ state }) => state === 'diverged')).toMatchObject({
      failure: { code: 'NON_FINITE', message: 'so it was' },
      metrics: null,
    });
    expect(snapshot.slots.map(({ running: what }) => what?.kind ?? 'idle').sort()).toEqual([
      'evaluate',
      'idle',
      'train',
    ]);
    expect(snapshot.recentEvents.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['launched', 'diverged', 'infeasible', 'succeeded']),
    );
  });
});
