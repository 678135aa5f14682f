import { describe, expect, it } from 'vitest';
import { readAssignments } from '../../src/cli/verbs/set/read-assignments.ts';

describe('what dropsweep set is told', () => {
  it('is read from words and from flags', () => {
    expect(readAssignments(['budget.hours=4', 'parallelism=8', 'budget.target=none'], { priority: -2 })).toEqual({
      budget: { hours: 4, target: null },
      parallelism: 8,
      priority: -2,
    });
  });

  it.each([
    ['an unknown name', ['budget.hour=4'], 'did you mean budget.hours?'],
    ['a name without a value', ['parallelism'], 'nothing to set is called parallelism'],
    ['no hours', ['budget.hours=0'], 'a number above 0, or none'],
    ['half a training', ['budget.trainings=2.5'], 'a whole number of at least 1, or none'],
    ['no number', ['budget.failures='], 'no value of budget.failures'],
    ['no parallelism', ['parallelism=none'], 'a whole number of at least 1'],
    ['more than the record has a place for', ['parallelism=99999999999'], 'at least 1, and no more than 2147483647'],
    ['a priority beyond it', ['priority=-99999999999'], 'a whole number, and no less than −2147483647'],
    ['more trials than can be numbered', ['budget.trials=99999999999'], 'and no more than 2147483647, or none'],
    ['the same twice', ['priority=1', 'priority=2'], 'priority is set twice'],
    ['nothing', [], 'what is to be set is not said'],
  ])('is refused where it is %s', (_, words, problem) => {
    expect(() => readAssignments(words, {})).toThrow(problem);
  });
});
