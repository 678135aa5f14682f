import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { commitSegments } from '../../src/store/segments/commit-segments.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { checkpointAt, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import { openWatchedRecord } from './watched-record.ts';
import type { WholePlan } from '../support/whole-plan.ts';

/*
 * Sweeps with different rungs over the same trainings. A rung that a training ran past on behalf of another sweep left
 * no checkpoint to score there, so its scheduler hears what the training reached next.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openWatchedRecord();
});
afterEach(() => record.close());

const halving = { kind: 'halving', rungs: [0.5, 1], keep: 0.5 } as const;
const whole = (name: string, trainings: number, sharedTrainings: number) =>
  planOf(name, trainings, { sharedTrainings });
const halved = (name: string, trainings: number, sharedTrainings: number) =>
  planOf(name, trainings, { sharedTrainings, scheduler: halving, rungSteps: [2, 4] });

/** The same trainings, scored by another evaluation. */
function scoredOtherwise(plan: WholePlan, suffix: string): WholePlan {
  return {
    ...plan,
    trainings: plan.trainings.map((training) => ({
      ...training,
      evaluations: training.evaluations.map((evaluation) => ({
        ...evaluation,
        evaluation_hash: sha256(`${evaluation.evaluation_hash} ${suffix}`),
        configuration: { ...evaluation.configuration, mask_seed: 7 },
      })),
    })),
  };
}

describe('a halving sweep', () => {
  it('comes to its end when another sweep had run some of its trainings past the rung', async () => {
    await record.finishAll(await record.launch(whole('whole', 2, 2)));
    const sweep = await record.launch(halved('halved', 4, 2));
    await record.finishAll(sweep);
    expect(await readSweepSnapshot(record.store, 'halved')).toMatchObject({ state: 'completed' });
    expect(await record.query(sql`select count(*) from search_events where kind = 'report'`)).toEqual([{ count: 4 }]);
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'exhausted' });
  });

  it('comes to its end when a training that ran past the rung has yet to be scored as it wants', async () => {
    await record.finishAll(await record.launch(whole('whole', 2, 2)));
    const sweep = await record.launch(scoredOtherwise(halved('halved', 4, 2), 'otherwise'));
    await record.finishAll(sweep);
    expect(await readSweepSnapshot(record.store, 'halved')).toMatchObject({ state: 'completed' });
    expect(await record.query(sql`select count(*) from search_events where kind = 'report'`)).toEqual([{ count: 4 }]);
  });

  it('never takes a training into a second hand while another sweep runs it past the rung', async () => {
    const other = await record.launch(whole('whole', 1, 1));
    const running = await record.take(other);
    await record.ledger.renew(running.lease, 60_000, [
      { name: 'loss', firstStep: 1, values: Float64Array.of(3, 2, 1) },
    ]);
    const sweep = await record.launch(halved('halved', 1, 1));
    expect(await record.ledger.claim(record.request(sweep))).toEqual({ kind: 'wait' });
    expect(await record.ledger.commit(running.lease, outcomeOf(running))).toBe('written');
    await record.finishAll(other);
    await record.finishAll(sweep);
    expect(await record.query(sql`select step, state from trainings`)).toEqual([{ step: 4, state: 'succeeded' }]);
    expect(await record.query(sql`select state from sweeps`)).toEqual([{ state: 'completed' }, { state: 'completed' }]);
  });

  it('goes on from a checkpoint past the rung that another sweep left, and loses no losses', async () => {
    const other = await record.launch(whole('whole', 1, 1));
    const running = await record.take(other);
    const losses = [{ name: 'loss', firstStep: 1, values: Float64Array.of(3, 2, 1) }];
    await record.ledger.checkpoint(running.lease, checkpointAt(3), losses);
    const sweep = await record.launch(halved('halved', 1, 1));
    await record.ledger.commit(running.lease, { kind: 'released' });
    const next = await record.take(sweep);
    expect(next).toMatchObject({ kind: 'train', endStep: 4, checkpoint: { step: 3 } });
    await record.ledger.commit(next.lease, outcomeOf(next));
    await record.finishAll(sweep);
    expect(await record.query(sql`select first_step, values from metrics order by 1`)).toEqual([
      { first_step: 1, values: [3, 2, 1] },
      { first_step: 4, values: [0.25] },
    ]);
    expect(await record.query(sql`select state from sweeps`)).toEqual([{ state: 'completed' }, { state: 'completed' }]);
  });

  // The launch reads the shared training's results while the commit that brings one is not yet visible.
  it('hears of a result that is being committed while it is launched', async () => {
    const first = await record.launch(halved('a', 4, 4));
    for (const slot of ['one', 'two']) {
      const train = await record.take(first, { slotKey: slot });
      await record.ledger.commit(train.lease, outcomeOf(train));
    }
    const done = await record.take(first);
    await record.ledger.commit(done.lease, outcomeOf(done, 0.4));
    const last = await record.take(first);
    const launching = await record.store.db.transaction().execute(async (tx) => {
      await commitSegments(tx, [{ lease: last.lease, outcome: outcomeOf(last, 0.6) }]);
      const launch = record.launch(halved('b', 4, 4));
      await Promise.race([launch, sleep(300)]);
      return { launch };
    });
    const second = await launching.launch;
    await commandSweep(record.store, 'a', randomUUID(), { kind: 'cancel' });
    await record.finishAll(second);
    expect(await readSweepSnapshot(record.store, 'b')).toMatchObject({ state: 'completed' });
  });

  it('is told its own evaluation of a rung, whatever another sweep scores there', async () => {
    const first = await record.launch(halved('a', 2, 2));
    const second = await record.launch(scoredOtherwise(halved('b', 2, 2), 'otherwise'));
    for (;;) {
      const result = await record.ledger.claim(record.request(first));
      const segment = result.kind === 'claimed' ? result.bundle[0] : undefined;
      if (segment === undefined) break;
      const outcome = outcomeOf(segment);
      const results =
        outcome.kind === 'evaluated' && segment.kind === 'evaluate'
          ? outcome.results.map((scored, index) => ({
              ...scored,
              metrics: {
                ...scored.metrics,
                accuracy: segment.evaluations[index]?.configuration.mask_seed === 7 ? 0.9 : 0.1,
              },
            }))
          : [];
      await record.ledger.commit(segment.lease, outcome.kind === 'evaluated' ? { ...outcome, results } : outcome);
    }
    await record.finishAll(second);
    const values = await record.query(
      sql`select s.name, array_agg(distinct v.value) as values from search_events v join sweeps s on s.id = v.sweep_id
        where v.kind = 'report' group by 1 order by 1`,
    );
    expect(values).toEqual([
      { name: 'a', values: [0.1] },
      { name: 'b', values: [0.9] },
    ]);
  });
});

describe('an extension', () => {
  it('is refused when an evaluation or a rung of what is there is missing in it', async () => {
    const plan = planOf('s', 2);
    const { sweepId } = await createSweep(record.store, { plan, datasets: [], launchedBy: {} });
    const extend = (wanted: WholePlan) =>
      createSweep(record.store, { plan: wanted, datasets: [], launchedBy: {}, extend: true });
    expect(await extend(scoredOtherwise({ ...planOf('s', 3) }, 'otherwise'))).toMatchObject({ kind: 'conflict' });
    expect(await extend(planOf('s', 3, { scheduler: halving, rungSteps: [2, 4] }))).toMatchObject({ kind: 'conflict' });
    expect(await extend(planOf('s', 3))).toMatchObject({ kind: 'extended', sweepId });
  });
});

describe('the slot that trained', () => {
  it('is given the evaluation of its own training first', async () => {
    const sweep = await record.launch(planOf('s', 3));
    const [first, second] = [
      await record.take(sweep, { slotKey: 'one' }),
      await record.take(sweep, { slotKey: 'two' }),
    ];
    await record.ledger.commit(first.lease, outcomeOf(first));
    await record.ledger.commit(second.lease, outcomeOf(second));
    expect(await record.take(sweep, { slotKey: 'two', ordinal: 1 })).toMatchObject({
      kind: 'evaluate',
      trainingId: second.trainingId,
    });
  });
});
