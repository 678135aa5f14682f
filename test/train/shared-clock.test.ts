import { expect, it } from 'vitest';
import { SharedClock } from '../../src/train/segments/shared-clock.ts';

it('a slot’s time is shared by those that work at a moment, and their shares add up to it', () => {
  let now = 0;
  const clock = new SharedClock(() => now);
  const first = clock.enter();
  now = 4_000;
  const second = clock.enter();
  now = 10_000;
  const third = clock.enter();
  now = 13_000;
  second.leave();
  now = 15_000;
  expect(first.seconds()).toBeCloseTo(4 + 6 / 2 + 3 / 3 + 2 / 2, 12);
  expect(second.seconds()).toBeCloseTo(6 / 2 + 3 / 3, 12);
  expect(third.seconds()).toBeCloseTo(3 / 3 + 2 / 2, 12);
  expect(first.seconds() + second.seconds() + third.seconds()).toBeCloseTo(15, 12);
  for (const share of [first, second, third]) share.leave();
  // Nobody is there: the time is nobody's.
  now = 100_000;
  const last = clock.enter();
  now = 101_000;
  expect(last.seconds()).toBeCloseTo(1, 12);
  expect(first.seconds()).toBeCloseTo(9, 12);
});
