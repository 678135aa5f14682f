import { describe, expect, it } from 'vitest';
import { scoredRungs } from '../../src/store/search/reached-rungs.ts';

type Reached = 'later' | 'done' | 'never';

const rungsOf = (...trainings: readonly (readonly Reached[])[]) =>
  trainings.flatMap((rungs, ordinal) => rungs.map((reached, rung) => ({ ordinal, rung, reached })));

describe('a rung', () => {
  it('is ranked by itself, or where it was run past by the next of its training', () => {
    const rungs = rungsOf(['done', 'never', 'done'], ['never', 'never'], ['never', 'later'], ['done']);
    const placed = scoredRungs(rungs).map((scored) => scored && `${scored.ordinal}/${scored.rung}`);
    expect(placed).toEqual(['0/0', '0/2', '0/2', null, null, '2/1', '2/1', '3/0']);
  });

  it('is looked at once, however many trainings a search is told of at once', () => {
    const looksAt = (trainings: number): number => {
      let looks = 0;
      const rungs = Array.from({ length: trainings }, (_, ordinal) => ({
        get ordinal(): number {
          looks += 1;
          return ordinal;
        },
        reached: 'never' as const,
      }));
      scoredRungs(rungs);
      return looks;
    };
    expect(looksAt(2_000)).toBe(2 * looksAt(1_000));
    expect(looksAt(1_000)).toBeLessThanOrEqual(2_000);
  });
});
