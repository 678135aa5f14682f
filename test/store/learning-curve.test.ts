import { sha256 } from '../../src/base/sha256.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnsembleCurve, readLearningCurve } from '../../src/store/views/trials/learning-curve.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';
import type { WholePlan } from '../support/whole-plan.ts';

/*
 * A training of four steps is evaluated after the first and the third on its way. Nothing is decided there: it goes on
 * whether or not the evaluation is done, but is not done itself before that is.
 */

let record: RecordUnderTest;
beforeEach(async () => {
  record = await openRecordUnderTest();
});
afterEach(async () => {
  await record.close();
});

function stopping(name: string, trainings: number, more: Parameters<typeof planOf>[2] = {}): WholePlan {
  const plan = planOf(name, trainings, more);
  return { ...plan, trainings: plan.trainings.map((training) => ({ ...training, stop_steps: [1, 3] })) };
}

const stepOf = (segment: Segment): string =>
  `${segment.kind} ${segment.kind === 'train' ? segment.endStep : segment.rung}`;

/** Accuracy of an evaluation, by the step that it is made at. */
const accuracyAt = (segment: Segment): number => (segment.kind === 'evaluate' ? segment.rung / 10 : 0);

describe('a training that is evaluated on its way', () => {
  it('stops where it is to, is looked at there, and goes on', async () => {
    const sweep = await record.launch(stopping('s', 1));
    const order: string[] = [];
    for (;;) {
      const result = await record.ledger.claim(record.request(sweep));
      if (result.kind !== 'claimed') break;
      for (const segment of result.bundle) {
        order.push(stepOf(segment));
        await record.ledger.commit(segment.lease, outcomeOf(segment, accuracyAt(segment)));
      }
    }
    expect(order).toEqual(['train 1', 'evaluate 1', 'train 3', 'evaluate 3', 'train 4', 'evaluate 4']);
    const snapshot = await readSweepSnapshot(record.store, 's');
    expect(snapshot).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
    expect(snapshot?.trials).toHaveLength(1);
    const [trial] = snapshot?.trials ?? [];
    const curve = await readLearningCurve(record.store, sweep, trial?.trainingId ?? '');
    expect(curve?.trial).toBe(1);
    expect(curve?.points.map(({ step, metrics }) => [step, metrics.accuracy])).toEqual([
      [1, 0.1],
      [3, 0.3],
      [4, 0.4],
    ]);
  });

  it('has nothing behind the step where its patience ended it', async () => {
    const sweep = await record.launch(stopping('s', 1));
    await record.finishAll(sweep);
    const { trials } = await readSweepSnapshot(record.store, 's');
    const training = trials[0]?.trainingId ?? '';
    await record.store.db
      .insertInto('sweep_events')
      .values({ sweep_id: sweep, training_id: training, kind: 'stopped_early', detail: JSON.stringify({ step: 3 }) })
      .execute();
    const curve = await readLearningCurve(record.store, sweep, training);
    expect(curve?.points.map(({ step }) => step)).toEqual([1, 3]);
  });

  it('has an M-curve of those stored evaluations that differ in their size alone', async () => {
    const plan = stopping('s', 2);
    const sizes = [1, 2, 4];
    const widened = plan.trainings.map((training) => {
      const [evaluation] = training.evaluations;
      if (evaluation === undefined) throw new Error('a plan evaluates');
      const { configuration, evaluation_hash: hash } = evaluation;
      const more = (change: Partial<typeof configuration>) => ({
        ...evaluation,
        evaluation_hash: sha256(`${hash} ${JSON.stringify(change)}`),
        configuration: { ...configuration, ...change },
      });
      const averaged = { aggregate: 'probabilities' } as const;
      return {
        ...training,
        evaluations: [
          ...sizes.map((size) => more({ ensemble_size: size, ...(size === 1 ? {} : averaged) })),
          more({ ensemble_size: 8, mask_seed: 1 }),
          more({ ensemble_size: 1, mode: 'raw' }),
          more({ ensemble_size: 16 }),
        ],
      };
    });
    const sweep = await record.launch({ ...plan, trainings: widened });
    await record.finishAll(sweep);
    const { trials } = await readSweepSnapshot(record.store, 's');
    const members = async (size: number, change: Partial<(typeof trials)[0]['evaluation']> = {}) => {
      const wanted = { ensemble_size: size, mode: 'ensemble', mask_seed: 0, ...change };
      const trial = trials.find(({ evaluation }) =>
        Object.entries(wanted).every(([name, value]) =>
          Object.entries(evaluation).some(([key, is]) => key === name && is === value),
        ),
      );
      const curve = await readEnsembleCurve(record.store, sweep, trial?.trial ?? 0);
      return curve.map((point) => point.members);
    };
    expect(await members(4)).toEqual([1, 2, 4]);
    // One member is the same whatever is averaged.
    expect(await members(1)).toEqual([1, 2, 4, 16]);
    expect(await members(16)).toEqual([1, 16]);
    expect(await members(8, { mask_seed: 1 })).toEqual([8]);
    expect(await members(1, { mode: 'raw' })).toEqual([1]);
  });

  it('goes on beside its evaluation, and succeeds when that is done too', async () => {
    const sweep = await record.launch(stopping('s', 1));
    const first = await record.take(sweep);
    await record.ledger.commit(first.lease, outcomeOf(first));
    const slow = await record.take(sweep);
    expect(stepOf(slow)).toBe('evaluate 1');
    // Another slot takes the training to its end, and all evaluations but the first.
    expect(await record.finishAll(sweep)).toBe(4);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'running' });
    await record.ledger.commit(slow.lease, outcomeOf(slow));
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
  });

  it('has its rungs decided as if it did not stop', async () => {
    const scheduler = { kind: 'halving', rungs: [0.5], keep: 0.5 } as const;
    const sweep = await record.launch(stopping('s', 2, { scheduler, rungSteps: [2, 4] }));
    // One train and one evaluate segment at 1 and 2 of both, at 3 and 4 of the one that goes on.
    expect(await record.finishAll(sweep)).toBe(12);
    expect(await readSweepSnapshot(record.store, 's')).toMatchObject({
      state: 'completed',
      counts: { succeeded: 1, pruned: 1 },
    });
  });

  it('shares its way with a sweep that does not look', async () => {
    const looking = await record.launch(stopping('looking', 1, { sharedTrainings: 1 }));
    const other = await record.launch(planOf('other', 1, { sharedTrainings: 1 }));
    expect(await record.finishAll(other)).toBeGreaterThan(0);
    expect(await record.finishAll(looking)).toBe(0);
    for (const name of ['looking', 'other'])
      expect(await readSweepSnapshot(record.store, name)).toMatchObject({ state: 'completed' });
  });
});
