import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeftOver } from '../../src/search/space/left-over.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';
import type { SpacePoint } from '../../src/search/sampler.ts';

describe('points that are left over', () => {
  it('are the first that is accepted, whatever is spent, waits or comes back', () => {
    const changes = fc.array(fc.record({ number: fc.nat(9), to: fc.constantFrom('free', 'waits', 'spent') }));
    fc.assert(
      fc.property(changes, (steps) => {
        const points = Array.from({ length: 10 }, (_, x): SpacePoint => ({ x }));
        const left = new LeftOver({ size: 10, at: (number) => points[number] ?? {} });
        const states = new Map<number, string>();
        const stateOf = ({ x }: SpacePoint): string => states.get(Number(x)) ?? 'free';
        const history = {
          trials: [],
          accepts: (point: SpacePoint) => stateOf(point) === 'free',
          isSpent: (point: SpacePoint) => stateOf(point) === 'spent',
        };
        for (const { number, to } of steps) {
          if (states.get(number) !== 'spent') states.set(number, to);
          expect(left.first(history)).toEqual(points.find((point) => history.accepts(point)) ?? null);
        }
      }),
    );
  });

  it('of enqueue are looked at a few times each over a whole search, not at each suggestion', () => {
    const count = 400;
    const enqueue = Array.from({ length: count }, (_, at) => ({ x: at / count }));
    const sampler = makeSampler({
      space: { x: [0, 1] },
      scales: { x: 'linear' },
      search: { kind: 'tpe', trials: 5, seed: 1, startup: 500, enqueue },
    });
    if (sampler.independent) throw new Error('it adapts');
    const taken = new Set<unknown>();
    let looks = 0;
    const isSpent = ({ x }: SpacePoint): boolean => {
      looks += 1;
      return taken.has(x);
    };
    const history = { trials: [], accepts: (point: SpacePoint) => !isSpent(point), isSpent };
    for (let number = 0; number < count; number += 1) {
      const { point } = sampler.suggest(number, history);
      expect(point).toEqual(enqueue[number]);
      taken.add(point?.['x']);
    }
    expect(looks).toBeLessThanOrEqual(3 * count);
  });
});
