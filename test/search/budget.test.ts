import { describe, expect, it } from 'vitest';
import { BudgetFold } from '../../src/search/fold/budget.ts';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';
import type { SearchFact } from '../../src/search/fold/search-event.ts';
import type { FailureKind } from '../../src/sweep/failure-kinds.ts';
import type { Budget } from '../../src/sweep/file/read-budget.ts';

/*
 * When a budget is spent, fact by fact: over points with several seeds, by class of failure, and in which words.
 */

const maximised = { metric: 'accuracy', direction: 'maximize' } as const;

function open(limits: Budget, objective: ConstructorParameters<typeof BudgetFold>[1] = maximised) {
  const memory = FoldMemory.empty();
  const fold = new BudgetFold(limits, objective, memory);
  const hear = (kind: SearchFact['kind'], ordinal: number, value: number | null, failure?: FailureKind): void =>
    fold.hear({ kind, ordinal, rung: 0, value, ...(failure === undefined ? {} : { failure }) });
  return { fold, memory, hear };
}

/** Results of points with two seeds each, in their order, until the budget is spent. @returns how many, and why */
function play(limits: Budget, points: readonly (readonly number[])[], told = true) {
  const { fold, hear } = open(limits);
  const seeds = points[0]?.length ?? 1;
  if (told)
    for (let ordinal = 0; ordinal < points.length * seeds; ordinal += 1)
      hear('repeat', ordinal, ordinal - (ordinal % seeds));
  let count = 0;
  for (const value of points.flat()) {
    hear('result', count, value);
    count += 1;
    const reason = fold.spent();
    if (reason !== null) return { count, reason };
  }
  return { count, reason: null };
}

const plateau = [
  [0.8, 0.82],
  [0.79, 0.81],
  [0.8, 0.79],
  [0.81, 0.8],
];

describe('no_better_since', () => {
  it('is not begun anew by one lucky seed of a point that is no better than noise', () => {
    const lucky = [...plateau, [0.83, 0.78], [0.8, 0.81]];
    expect(play({ no_better_since: 8 }, lucky)).toEqual({
      count: 9,
      reason: 'none of 8 trainings made a point better than 0.81 by more than the noise of seeds',
    });
    // As single trainings, which is all that is known where nothing tells which are repeats, it is.
    expect(play({ no_better_since: 8 }, lucky, false).count).toBe(12);
  });

  it('is begun anew by a point that is better by more than noise, and by small steps once they add up to that', () => {
    const better = [...plateau, [0.95, 0.96], ...plateau];
    expect(play({ no_better_since: 8 }, better)).toEqual({
      count: 17,
      reason: 'none of 8 trainings made a point better than 0.955 by more than the noise of seeds',
    });
    const rising = Array.from({ length: 20 }, (_, step) => [0.8 + step / 100, 0.81 + step / 100]);
    expect(play({ no_better_since: 8 }, rising)).toEqual({ count: 40, reason: null });
  });

  it('gives up a best that was lucky once its further seeds say so', () => {
    const scores = [[0.95, 0.7], ...Array.from({ length: 100 }, (_, point) => [0.9 + (point % 3) / 100, 0.91])];
    const { fold, hear } = open({ no_better_since: 500 });
    for (let ordinal = 0; ordinal < 202; ordinal += 1) hear('repeat', ordinal, ordinal - (ordinal % 2));
    // The second seed of the first point comes last: by then its first stands for it.
    for (const seed of [0, 1])
      for (let point = 100; point >= 0; point -= 1) hear('result', 2 * point + seed, scores[point]?.[seed] ?? 0);
    fold.hear({ kind: 'budget_no_better_since', ordinal: 0, rung: 0, value: 1 });
    expect(fold.spent()).toMatch(/made a point better than 0.915 by more/);
  });

  it('compares single trainings by their values where there are no seeds to tell noise by', () => {
    expect(play({ no_better_since: 2 }, [[0.7], [0.71], [0.72], [0.71], [0.715]])).toEqual({
      count: 5,
      reason: 'none of 2 trainings was better than 0.72',
    });
  });

  it('spells the best as it was measured where less is better', () => {
    const { fold, hear } = open({ no_better_since: 2 }, { metric: 'loss', direction: 'minimize' });
    for (const [ordinal, loss] of [0.5, 0.6, 0.7].entries()) hear('result', ordinal, -loss);
    expect(fold.spent()).toBe('none of 2 trainings was better than 0.5');
  });

  it('compares over seeds from then on where it is told late which are repeats', () => {
    const { fold, hear } = open({ no_better_since: 8 });
    const values = [...plateau, [0.83, 0.78]].flat();
    for (const [ordinal, value] of values.slice(0, 8).entries()) hear('result', ordinal, value);
    for (const [ordinal] of values.entries()) hear('repeat', ordinal, ordinal - (ordinal % 2));
    for (const [ordinal, value] of values.entries()) if (ordinal >= 8) hear('result', ordinal, value);
    expect(fold.spent()).toBe('none of 8 trainings made a point better than 0.81 by more than the noise of seeds');
  });
});

describe('trials', () => {
  it('are points whose seeds have all come to their end, were stopped or have failed', () => {
    const { fold, hear } = open({ trials: 2 });
    for (let ordinal = 0; ordinal < 6; ordinal += 1) hear('repeat', ordinal, ordinal - (ordinal % 2));
    hear('result', 0, 0.5);
    hear('result', 2, 0.6);
    hear('report', 3, null, 'crashed');
    expect(fold.spent()).toBeNull();
    hear('retract', 3, null);
    fold.pruned(1);
    expect(fold.spent()).toBeNull();
    hear('result', 3, 0.4);
    expect(fold.spent()).toBe('2 points are decided');
  });

  it('are single trainings where a point has one seed', () => {
    const { fold, hear } = open({ trials: 1 });
    hear('result', 4, 0.5);
    expect(fold.spent()).toBe('1 point is decided');
  });
});

describe('failures', () => {
  const failed = (limits: Budget, kinds: readonly (FailureKind | undefined)[]) => {
    const { fold, hear } = open(limits);
    kinds.forEach((kind, ordinal) => hear('result', ordinal, null, kind));
    return fold.spent();
  };

  it('are what diverged or crashed: a configuration that cannot be trained is none', () => {
    const infeasible = Array.from(
      { length: 9 },
      (_, at): FailureKind => (at % 2 === 0 ? 'out_of_memory' : 'infeasible'),
    );
    expect(failed({ failures: 2 }, infeasible)).toBeNull();
    expect(failed({ failures: 2 }, [...infeasible, 'diverged', 'crashed'])).toBe('2 trainings have failed');
    // Earlier versions did not say how.
    expect(failed({ failures: 2 }, [undefined, 'crashed'])).toBe('2 trainings have failed');
  });

  it('are counted by class where the budget says so', () => {
    const limits = { 'failures.crashed': 2, 'failures.out_of_memory': 3 };
    expect(failed(limits, ['crashed', 'diverged', 'diverged', 'out_of_memory', 'out_of_memory'])).toBeNull();
    expect(failed(limits, ['crashed', 'out_of_memory', 'crashed'])).toBe('2 trainings have crashed');
    expect(failed(limits, ['out_of_memory', 'out_of_memory', 'out_of_memory'])).toBe(
      '3 trainings have run out of memory',
    );
  });

  it('count a training once, however many of its rungs are told, and not when it is tried again', () => {
    const { fold, hear } = open({ failures: 2 });
    for (const kind of ['report', 'report', 'result'] as const) hear(kind, 0, null, 'crashed');
    hear('report', 1, null, 'crashed');
    hear('retract', 1, null);
    hear('result', 1, 0.5);
    expect(fold.spent()).toBeNull();
    hear('report', 2, null, 'diverged');
    expect(fold.spent()).toBe('2 trainings have failed');
  });
});
