import { describe, expect, it } from 'vitest';
import { isDue } from '../../src/search/fold/suggest-ahead.ts';

/** Numbers of the points that are suggested before the next result, each with one training. */
function suggested(
  from: number,
  working: number,
  rest: { capacity: number; opening: number; together: number },
): number {
  let number = from;
  while (isDue(number, { working: working + number - from, ...rest })) number += 1;
  return number - from;
}

describe('points that follow from no result', () => {
  const opening = { capacity: 8, opening: 300, together: 128 };

  it('are suggested in groups, the next one when half of one is left', () => {
    expect(suggested(0, 0, opening)).toBe(128);
    expect(suggested(128, 64, opening)).toBe(0);
    expect(suggested(128, 63, opening)).toBe(128);
  });

  it('end a group where points begin to follow from results', () => {
    expect(suggested(256, 0, opening)).toBe(44);
  });

  it('are suggested earlier where more can run at once', () => {
    expect(suggested(128, 200, { ...opening, capacity: 200 })).toBe(128);
  });

  it('come one by one in searches of versions that did so', () => {
    expect(suggested(0, 0, { ...opening, together: 1 })).toBe(10);
    expect(suggested(10, 9, { ...opening, together: 1 })).toBe(1);
  });
});

it('points that follow from results are a quarter more than can run', () => {
  expect(suggested(300, 0, { capacity: 8, opening: 300, together: 128 })).toBe(10);
});
