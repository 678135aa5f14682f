import { configurationAt } from '../../src/search/planning/plan-trainings.ts';
import { describe, expect, it } from 'vitest';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseConstraint } from '../../src/sweep/constraint.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const head = `name: s
base: org/model
task: {kind: text-classification, data: {train: ./train.csv, dev: ./dev.csv, text: text, label: label}}
`;
const there = { isFile: () => true, isFolder: () => true };

function read(text: string): SweepDefinition {
  return parseSweepFile(head + text, '/home/user/sweep.yaml', there, taskSections, searchSections);
}

/** The problems of a file, without their file name. */
function problems(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    const lines = error instanceof Error ? error.message.split('\n').slice(1) : [];
    return lines.map((line) => line.trim().replace(/^sweep\.yaml:/, ''));
  }
  return [];
}

describe('the search of a sweep file', () => {
  it('has ranges with steps, zero besides a range, conditions, and constraints', () => {
    const definition = read(`search: {kind: tpe, trials: 30}
space:
  p: {min: 0, max: 0.8, step: 0.1}
  lambda: {zero_or: {min: 1e-6, max: 1e-2, scale: log}}
  adapter: [lora, adalora]
  target_rank: {choice: [2, 4], when: {adapter: adalora}}
  gamma: {min: 0.1, max: 1, when: {adapter: [adalora]}}
  N: [1, 2, 4]
constraints: [rank * N <= 32, "p > 0.2 or N == 1"]`);
    expect(definition.space).toMatchObject({ dropout_rate: [0, 0.8], sparsity: [1e-6, 1e-2], target_rank: [2, 4] });
    expect(definition.scales).toEqual({ dropout_rate: 'linear', sparsity: 'log', orthogonality: 'linear' });
    expect(definition.axes).toEqual({
      dropout_rate: { step: 0.1 },
      sparsity: { zero_or: true },
      target_rank: { when: { adapter: ['adalora'] } },
      orthogonality: { when: { adapter: ['adalora'] } },
    });
    expect(definition.constraints).toEqual(['rank * N <= 32', 'p > 0.2 or N == 1']);
    expect(definition.search).toEqual({ kind: 'tpe', trials: 30, seed: 0, startup: 10 });
  });

  it('takes an axis that is there for some points alone from the training section for the others', () => {
    const text = `training: {learning_rate: 1e-3}
space:
  adapter: [lora, adalora]
  learning_rate: {choice: [1e-2, 2e-2], when: {adapter: adalora}}`;
    const definition = read(text);
    const rates = (adapter: string, rate?: number) =>
      configurationAt(definition, { adapter, ...(rate === undefined ? {} : { learning_rate: rate }) }).learning_rate;
    expect([rates('lora'), rates('adalora', 1e-2), rates('adalora', 2e-2)]).toEqual([1e-3, 1e-2, 2e-2]);
    expect(problems(text.replace(', when: {adapter: adalora}', ''))).toEqual([
      '4:27 training.learning_rate: learning_rate is an axis of the space; keep it in one place',
    ]);
  });

  it('draws seeds by a name, the first of more being those of fewer', () => {
    const seeds = (count: number, name = 'paper') =>
      read(`space: {seed: {count: ${count}, name: ${name}}}`).space['seed'];
    expect(seeds(5)).toHaveLength(5);
    expect(seeds(8)?.slice(0, 5)).toEqual(seeds(5));
    expect(seeds(5, 'other')).not.toEqual(seeds(5));
    expect(new Set(seeds(1000)).size).toBe(1000);
    expect(problems('space: {seed: {count: 0}}')).toEqual([
      '4:15 space.seed.name: is missing; expected a name that the values are drawn by',
      '4:23 space.seed.count: got 0, expected a whole number from 1 to 1000',
    ]);
    expect(problems('space: {rank: {count: 5, name: a}}')).not.toEqual([]);
  });

  it.each(['random', 'sobol', 'tpe', 'nsga2', 'grid'])('refuses seeds that %s would search', (kind) => {
    const search = kind === 'grid' ? 'search: grid' : `search: {kind: ${kind}, trials: 4}`;
    const wayOut = 'a list of seeds, [0, 1, 2] or {count: 5, name: paper}: every point is trained with each';
    const program = `name: s\ntrainer: {ask: s, metrics: {loss: minimize}}\n${search}\n`;
    for (const range of ['{min: 0, max: 1000}', '{min: 1, max: 9, scale: log}', '{zero_or: {min: 1, max: 9}}']) {
      expect(problems(`${search}\nspace: {rank: [4, 8], seed: ${range}}`)).toEqual([
        `5:29 space.seed: got a mapping, expected ${wayOut}`,
      ]);
      const read = () =>
        parseSweepFile(`${program}space: {x: [1, 2], seed: ${range}}`, '/s.yaml', there, taskSections, searchSections);
      expect(read).toThrow(`s.yaml:4:26 space.seed: got a mapping, expected ${wayOut}`);
    }
    expect(problems(`${search}\nspace: {N: [1, 2], seed: {choice: [0, 1], when: {N: 2}}}`)).toEqual([
      '5:49 space.seed.when: is not for seeds, which every point has; leave it out',
    ]);
  });

  it('enqueues points of its space', () => {
    const { search } = read(`space: {p: {min: 0, max: 0.8}, adapter: [lora, adalora], seed: [0, 1]}
search: {kind: random, trials: 5, enqueue: [{p: 0.25, adapter: lora}, {p: 0.8, adapter: adalora}]}`);
    expect(search).toEqual({
      kind: 'random',
      trials: 5,
      seed: 0,
      enqueue: [
        { dropout_rate: 0.25, adapter: 'lora' },
        { dropout_rate: 0.8, adapter: 'adalora' },
      ],
    });
  });

  it.each([
    [
      'a condition on an unknown axis',
      'space: {p: {choice: [0, 0.5], when: {adaptor: lora}}, adapter: [lora, adalora]}',
      '4:47 space.p.when.adaptor: is no list of the space; did you mean adapter?',
    ],
    [
      'a condition on a value that the axis has not',
      'space: {p: {choice: [0, 0.5], when: {rank: 16}}, rank: [4, 8]}',
      "4:44 space.p.when.rank: got 16, expected one of rank's values in the space: 4, 8",
    ],
    [
      'a circle of conditions',
      'space: {rank: {choice: [4, 8], when: {N: 1}}, N: {choice: [1, 2], when: {alpha: 4}}, alpha: {choice: [4, 8], when: {rank: 4}}}',
      [
        '4:38 space.rank.when: is a circle: rank for train_instances for alpha for rank',
        '4:73 space.N.when: is a circle: train_instances for alpha for rank for train_instances',
        '4:116 space.alpha.when: is a circle: alpha for rank for train_instances for alpha',
      ],
    ],
    [
      'a step that leaves the range',
      'search: {kind: random, trials: 2}\nspace: {p: {min: 0, max: 0.5, step: 0.6}}',
      '5:12 space.p: step 0.6 is more than from min 0 to max 0.5',
    ],
    [
      'a min above its max',
      'search: {kind: sobol, trials: 2}\nspace: {p: {min: 0.5, max: 0.2}}',
      '5:12 space.p: min 0.5 is not below max 0.2',
    ],
    [
      'zero besides a range of what is above 0',
      'search: {kind: random, trials: 2}\nspace: {learning_rate: {zero_or: {min: 1e-4, max: 1e-2}}}',
      '5:24 space.learning_rate: got a mapping, expected a number above 0, so that zero_or is not for it',
    ],
    [
      'a constraint without a comparison',
      'constraints: [rank * 2]',
      '4:15 constraints[0]: is no constraint: expected a comparison such as <= before its end; for instance rank * N <= 32',
    ],
    [
      'a constraint over a field that there is not',
      'constraints: [ranc <= 2]',
      '4:15 constraints[0]: ranc is no field with numbers; did you mean rank?',
    ],
    [
      'an enqueued point outside the space',
      'space: {p: [0, 0.5]}\nsearch: {kind: random, trials: 2, enqueue: [{p: 0.3}]}',
      "5:49 search.enqueue[0].p: got 0.3, expected one of the axis's values in the space: 0, 0.5",
    ],
    [
      'an enqueued point outside a range',
      'space: {p: {min: 0, max: 0.5}}\nsearch: {kind: tpe, trials: 2, enqueue: [{p: 0.7}]}',
      "5:46 search.enqueue[0].p: got 0.7, expected a number of the axis's range, 0 to 0.5",
    ],
    [
      'an enqueued point between the steps of a range',
      'space: {p: {min: 0, max: 0.5, step: 0.1}}\nsearch: {kind: random, trials: 2, enqueue: [{p: 0.3}, {p: 0.34}]}',
      "5:59 search.enqueue[1].p: got 0.34, expected a number of the axis's range, 0 to 0.5 in steps of 0.1, of which 0.3 is the nearest",
    ],
    [
      'an enqueued point above the last step of a range',
      'space: {p: {min: 0, max: 0.5, step: 0.2}}\nsearch: {kind: sobol, trials: 2, enqueue: [{p: 0.5}]}',
      "5:48 search.enqueue[0].p: got 0.5, expected a number of the axis's range, 0 to 0.5 in steps of 0.2, of which 0.4 is the nearest",
    ],
    [
      'an enqueued point with an axis that is not there for it',
      `space: {adapter: [lora, adalora], target_rank: {choice: [2, 4], when: {adapter: adalora}}}
search: {kind: tpe, trials: 2, enqueue: [{adapter: lora, target_rank: 2}]}`,
      '5:71 search.enqueue[0].target_rank: is there when {adapter: adalora} alone, which the point is not; leave it out',
    ],
    [
      'an enqueued point without an axis that is there for it',
      `space: {adapter: [lora, adalora], target_rank: {choice: [2, 4], when: {adapter: adalora}}}
search: {kind: tpe, trials: 2, enqueue: [{adapter: adalora}]}`,
      '5:42 search.enqueue[0].target_rank: is missing; expected a value, since it is there when {adapter: adalora}',
    ],
    [
      'an enqueued point that leaves out an axis',
      'space: {p: [0, 0.5], N: [1, 2]}\nsearch: {kind: random, trials: 2, enqueue: [{p: 0.5}]}',
      '5:45 search.enqueue[0].train_instances: is missing; expected a value for each axis of the space',
    ],
    [
      'a budget that is already spent',
      'budget: {trainings: 0}',
      '4:21 budget.trainings: got 0, expected a whole number of at least 1',
    ],
    ['a budget of something else', 'budget: {hour: 2}', '4:10 budget.hour: unknown key; did you mean hours?'],
    [
      'a sampler that there is not',
      'search: {kind: tpa, trials: 3}',
      '4:16 search.kind: got the text "tpa", expected one of grid, random, sobol, tpe, nsga2; did you mean tpe?',
    ],
    [
      'a sweep to learn from where points follow from nothing',
      'search: {kind: random, trials: 3, learn_from: [former]}',
      '4:47 search.learn_from: is for searches whose points follow from results, which random’s do not',
    ],
    [
      'a ladder of one rung that is to grow',
      'scheduler: {kind: pasha, rungs: [0.5]}',
      '4:33 scheduler.rungs: pasha compares rungs: give two at least',
    ],
    [
      'a race that no error is allowed in',
      'scheduler: {kind: racing, error: 0}',
      '4:34 scheduler.error: got 0, expected a number between 0 and 1, both excluded',
    ],
    [
      'a scheduler without its rungs',
      'scheduler: asha',
      '4:12 scheduler: got the text "asha", expected {kind: asha, rungs: [0.125, 0.25, 0.5], keep: 0.5}',
    ],
  ])('refuses %s', (_, text, problem) => {
    expect(problems(text).toSorted()).toEqual([problem].flat().toSorted());
  });
});

describe('a constraint', () => {
  const holds = (text: string, values: Readonly<Record<string, number>>): boolean => {
    const constraint = parseConstraint(text);
    if (typeof constraint === 'string') throw new Error(constraint);
    return constraint.holds((name) => values[name]);
  };

  it('calculates with products before sums, and before or after', () => {
    expect(holds('1 + a * 2 <= 7', { a: 3 })).toBe(true);
    expect(holds('(1 + a) * 2 <= 7', { a: 3 })).toBe(false);
    expect(holds('8 / a / 2 == 1', { a: 4 })).toBe(true);
    expect(holds('a < 1 or a > 2 and b == -1', { a: 3, b: -1 })).toBe(true);
    expect(holds('a < 1 or a > 2 and b == -1', { a: 3, b: 1 })).toBe(false);
  });

  it('holds of a point that has not what it compares', () => {
    expect(holds('target_rank < 2', {})).toBe(true);
  });

  it.each(['', 'a', 'a <', 'a <= (2', 'a <= 2)', 'a # 2', '<= 2', 'a <= 2 and', 'a b'])('refuses %s', (text) => {
    expect(parseConstraint(text)).toEqual(expect.any(String));
  });
});
