import { describe, expect, it } from 'vitest';
import {
  afterLook,
  type DevSelection,
  lookInterval,
  looksAt,
  noSelection,
} from '../../src/train/segments/dev-selection.ts';

const parametersOf = (step: number) => Float32Array.of(step);

/** What is known after looks at these values, at steps 10, 20 and so on. */
function afterValues(
  values: readonly (number | null)[],
  direction: 'maximize' | 'minimize',
  patience: number | null = null,
): DevSelection {
  return values.reduce<DevSelection>((selection, value, index) => {
    const step = 10 * (index + 1);
    return afterLook({ direction, patience }, selection, { step, value, parameters: parametersOf(step) });
  }, noSelection);
}

describe('the best of a training on the dev rows', () => {
  it('is the least loss or the greatest accuracy, and of equals the earliest', () => {
    expect(afterValues([0.7, 0.5, 0.5, 0.6], 'minimize').kept).toMatchObject({ step: 20, value: 0.5 });
    expect(afterValues([0.7, 0.8, 0.8, 0.6], 'maximize').kept).toMatchObject({ step: 20, value: 0.8 });
    expect([...(afterValues([0.7, 0.5, 0.6], 'minimize').kept?.parameters ?? [])]).toEqual([20]);
  });

  it('has a number: a look without one is a miss', () => {
    expect(afterValues([null, 0.5, null], 'minimize')).toMatchObject({ kept: { step: 20 }, misses: 1, lookedAt: 30 });
    expect(afterValues([null, null], 'maximize')).toMatchObject({ kept: null, misses: 2 });
  });

  it('stops a training once as many looks in a row as its patience found nothing better', () => {
    expect(afterValues([0.7, 0.8, 0.6, 0.65], 'minimize', 2).stoppedAt).toBeNull();
    expect(afterValues([0.7, 0.8, 0.6, 0.65, 0.6], 'minimize', 2)).toMatchObject({ stoppedAt: 50, kept: { step: 30 } });
    expect(afterValues([0.7, 0.8, 0.9, 1, 1.1], 'minimize').stoppedAt).toBeNull();
  });
});

it('looks are at each epoch or every so many steps, at the last step always, and once at each', () => {
  const everyThird = lookInterval({ keep_every: 3, epochs: 2 }, 10);
  expect(lookInterval({ keep_every: 'epoch', epochs: 4 }, 44)).toBe(11);
  const steps = Array.from({ length: 11 }, (_, step) => step).filter((step) =>
    looksAt(everyThird, 10, step, noSelection),
  );
  expect(steps).toEqual([3, 6, 9, 10]);
  expect(looksAt(everyThird, 10, 6, { ...noSelection, lookedAt: 6 })).toBe(false);
});
