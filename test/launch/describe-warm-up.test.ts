import { expect, it } from 'vitest';
import { describeWarmUp } from '../../src/launch/describe-warm-up.ts';
import { planOf } from '../store/record-under-test.ts';

/** Four steps each. */
const { trainings } = planOf('s', 2);

function warmedUp(steps: number) {
  return describeWarmUp({
    trainings: trainings.map((training) => {
      const { configuration } = training.specification;
      const own = { ...configuration, learning_rate: 1e-3, warmup_steps: steps };
      return { ...training, specification: { ...training.specification, configuration: own } };
    }),
  });
}

it('warns once of a warm-up that has no end within its trainings', () => {
  expect(warmedUp(8)).toEqual([
    'warning: warmup_steps 8 is more than the 4 steps of the training: its learning rate comes to 50 % of 0.001 and ends there',
  ]);
  expect(warmedUp(4)).toEqual([]);
  expect(describeWarmUp({ trainings })).toEqual([]);
});
