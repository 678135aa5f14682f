import { describe, expect, it } from 'vitest';
import { NewPoints } from '../../src/search/space/draw-new-point.ts';
import { valueAt } from '../../src/search/space/draw-value.ts';
import { stepsOf } from '../../src/search/space/draw-value.ts';
import type { SampledTrial, SearchHistory, SpacePoint } from '../../src/search/sampler.ts';
import { type SpaceAxis, spaceAxes } from '../../src/search/space/space-axes.ts';

/*
 * A point that is new and allowed is found wherever there is one, and where none is, what is said of it is true.
 */

const range: readonly SpaceAxis[] = spaceAxes({
  space: { dropout_rate: [0, 1], learning_rate: [1e-5, 1] },
  scales: { dropout_rate: 'linear', learning_rate: 'log' },
});

function history(allows: (point: SpacePoint) => boolean) {
  const tried = new Set<string>();
  let looks = 0;
  const accepts = (point: SpacePoint): boolean => {
    looks += 1;
    return !tried.has(keyOf(point)) && allows(point);
  };
  return {
    trials: [],
    accepts,
    isSpent: (point: SpacePoint) => !accepts(point),
    take: (point: SpacePoint) => tried.add(keyOf(point)),
    looks: () => looks,
  };
}

function keyOf(point: SpacePoint): string {
  return JSON.stringify(Object.entries(point).toSorted(([a], [b]) => a.localeCompare(b)));
}

function drawNewPoint(axes: readonly SpaceAxis[], seed: number, number: number, known: SearchHistory) {
  return new NewPoints(axes, seed).next(number, known);
}

describe('a further point', () => {
  it.each([0.01, 0.001])('is found over ranges of which constraints allow a share of %f', (share) => {
    const allowed = history(({ dropout_rate: p }) => Number(p) < share);
    for (let number = 0; number < 40; number += 1) expect(drawNewPoint(range, 7, number, allowed).point).not.toBeNull();
    // A bound of 200 draws would have found none in 13 % and 82 % of these.
    expect(allowed.looks()).toBeGreaterThan(40 / share / 3);
  });

  it('is found down to the last of a space whose points can be counted, steps of ranges and 0 beside them included', () => {
    const axes = spaceAxes({
      space: { dropout_rate: [0, 0.7], sparsity: [1, 3], rank: [4, 8], kind: ['a', 'b'] },
      scales: { dropout_rate: 'linear', sparsity: 'linear', rank: 'linear' },
      axes: { dropout_rate: { step: 0.1 }, sparsity: { step: 1, zero_or: true } },
    });
    const found = history(({ rank }) => rank !== 5);
    const points = new Set<string>();
    for (;;) {
      const next = drawNewPoint(axes, 3, points.size, found);
      if (next.point === null) {
        expect(next.reason).toBe(`the space has no point left after ${points.size}`);
        break;
      }
      found.take(next.point);
      points.add(JSON.stringify(next.point));
    }
    expect(points.size).toBe(8 * 4 * 4 * 2);
  });

  it('is given up with the number of draws where there is none over ranges', () => {
    expect(
      drawNewPoint(
        range,
        1,
        4,
        history(() => false),
      ),
    ).toEqual({
      point: null,
      reason: 'none of 100000 points drawn is new and allowed by the constraints',
    });
  });

  it('is found beside those that there are where constraints leave next to nothing, with few draws', () => {
    const allowed = history(({ dropout_rate: p, learning_rate: rate }) => Number(p) < 0.002 && Number(rate) > 0.8);
    const trials: SampledTrial[] = [
      { point: { dropout_rate: 0.001, learning_rate: 0.9 }, state: 'pending', value: null, rung: null },
    ];
    for (let number = 1; number < 6; number += 1) {
      const before = allowed.looks();
      const { point } = drawNewPoint(range, 7, number, { ...allowed, trials });
      if (point === null) throw new Error('there is one');
      expect(allowed.looks() - before).toBeLessThanOrEqual(4_000);
      allowed.take(point);
      trials.push({ point, state: 'pending', value: null, rung: null });
    }
  });

  it('is given up after few draws where there were points and none is left', () => {
    const nothing = history(() => false);
    const trials: SampledTrial[] = [
      { point: { dropout_rate: 0.5, learning_rate: 0.5 }, state: 'done', value: 1, rung: 0 },
    ];
    expect(drawNewPoint(range, 1, 4, { ...nothing, trials }).point).toBeNull();
    expect(nothing.looks()).toBe(4_000);
  });

  it('of a space that is nearly used up costs a few looks: what is spent of it is looked at once', () => {
    const values = Array.from({ length: 60 }, (_, value) => value);
    const axes = spaceAxes({ space: { rank: values, alpha: values } });
    const known = history(({ rank, alpha }) => (Number(rank) + Number(alpha)) % 4 === 0);
    const points = new NewPoints(axes, 3);
    let found = 0;
    for (;;) {
      const { point } = points.next(found, known);
      if (point === null) break;
      known.take(point);
      found += 1;
    }
    expect(found).toBe(900);
    // Each of the 3,600 twice, and 200 draws for each further point: not all of them again for each.
    expect(known.looks()).toBeLessThan(2 * 3_600 + 202 * (found + 1));
  });

  it('is found among lists of more points than were once looked at', () => {
    const values = Array.from({ length: 300 }, (_, value) => value);
    const axes = spaceAxes({ space: { rank: values, alpha: values } });
    const last = history(({ rank, alpha }) => rank === 299 && alpha === 299);
    expect(drawNewPoint(axes, 1, 0, last).point).toEqual({ rank: 299, alpha: 299 });
  });
});

describe('the steps of an axis', () => {
  it('are the values that draws of it have', () => {
    const axis: SpaceAxis = { name: 'dropout_rate', values: [0.1, 0.75], scale: 'linear', step: 0.1 };
    const { count = 0, at } = stepsOf(axis) ?? {};
    const drawn = new Set(Array.from({ length: 2_000 }, (_, place) => valueAt(axis, place / 2_000)));
    expect(Array.from({ length: count }, (_, place) => at?.(place))).toEqual([...drawn].sort((a, b) => a - b));
    expect(stepsOf({ name: 'dropout_rate', values: [0.1, 0.75], scale: 'linear' })).toBeNull();
  });
});
