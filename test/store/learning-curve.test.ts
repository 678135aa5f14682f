import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLearningCurve } from '../../src/store/learning-curve.ts';
import { readSweepSnapshot } from '../../src/store/sweep-reader.ts';
import type { Segment } from '../../src/sweep/segment.ts';
import type { SweepPlan } from '../../src/sweep/sweep-definition.ts';
import { openRecordUnderTest, outcomeOf, planOf, type RecordUnderTest } from './record-under-test.ts';

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

function stopping(name: string, trainings: number, more: Parameters<typeof planOf>[2] = {}): SweepPlan {
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
