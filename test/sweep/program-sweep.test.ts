import { describe, expect, it } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { sweepHash, trainingHash } from '../../src/sweep/identity.ts';
import { noBase, noTaskShape } from '../../src/sweep/no-base.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const file = `name: mine
trainer:
  command: [python3, train.py, '{config}', '--width={width}', 3]
  metrics: {accuracy: maximize, seconds: minimize}
  steps: 20
space:
  learning_rate: {min: 1e-4, max: 1e-1, scale: log}
  width: {min: 8, max: 64, step: 8}
  optimiser: [adam, sgd]
  momentum: {choice: [0.5, 0.9], when: {optimiser: sgd}}
  seed: [0, 1]
training: {epochs: 3, note: plain, layers: [1, 2], amp: true}
constraints: [width * epochs <= 150]
search: {kind: random, trials: 20, seed: 1, enqueue: [{learning_rate: 0.01, width: 16, optimiser: adam}]}
`;
const lookup = { isFile: () => true, isFolder: () => true };
const parse = (text: string): SweepDefinition =>
  parseSweepFile(text, '/home/user/sweep.yaml', lookup, taskSections, searchSections);
const nothing = { hash: 'none', rows: 0 };
const plan = (definition: SweepDefinition) => {
  if (definition.program === undefined) throw new Error('a program’s sweep');
  const base = noBase(definition.program);
  return planSweep(definition, { base, task: noTaskShape, train: nothing, dev: nothing, test: null });
};

describe("a program's sweep", () => {
  it('refuses whole numbers that would be rounded, as values and as constants', () => {
    const axis = file.replace('momentum: {choice: [0.5, 0.9]', 'momentum: {choice: [0.5, 9007199254740993]');
    expect(() => parse(axis)).toThrow(
      /momentum[^\n]*got 9007199254740993, expected a number of at most 9007199254740991/,
    );
    expect(() => parse(file.replace('epochs: 3', 'epochs: -9007199254740993'))).toThrow(/epochs[^\n]*are rounded/);
  });

  it('has axes, constants and metrics of names that the file makes up', () => {
    const definition = parse(file);
    expect(definition.trainer).toBe('command');
    expect(Object.keys(definition.space)).toEqual(['learning_rate', 'width', 'optimiser', 'momentum', 'seed']);
    expect(definition.objectives).toEqual([{ metric: 'accuracy', direction: 'maximize' }]);
    expect(definition.program).toMatchObject({
      command: ['python3', 'train.py', '{config}', '--width={width}', '3'],
      folder: '/home/user',
      steps: 20,
      terminate_seconds: 10,
      // Nobody is there to see that it hangs.
      timeout_seconds: 604_800,
    });
    expect(parse(file.replace('  steps: 20', '  timeout_seconds: 9')).program?.timeout_seconds).toBe(9);
  });

  it('learns from former sweeps, where its points follow from results', () => {
    const { search } = parse(file.replace('kind: random', 'kind: tpe, learn_from: [former, other]'));
    expect(search).toMatchObject({ kind: 'tpe', learn_from: ['former', 'other'] });
  });

  it('is planned as any other: each training has its own values and no field of the method', () => {
    const { trainings } = plan(parse(file));
    expect(trainings[0]?.specification.configuration).toEqual({
      ...{ seed: 0, epochs: 3, note: 'plain', layers: [1, 2], amp: true },
      ...{ learning_rate: 0.01, width: 16, optimiser: 'adam' },
    });
    for (const { specification, rung_steps: rungs } of trainings) {
      const values: Readonly<Record<string, unknown>> = { ...specification.configuration };
      expect(Number(values['width']) * 3).toBeLessThanOrEqual(150);
      expect(Number(values['width']) % 8).toBe(0);
      expect('momentum' in values).toBe(values['optimiser'] === 'sgd');
      expect(rungs).toEqual([20]);
    }
  });

  it('draws an axis that is called as a field of ours by its own range', () => {
    const named = file.replace(
      'width: {min: 8, max: 64, step: 8}',
      'width: {min: 1, max: 2}\n  rank: {min: 0.1, max: 0.9}',
    );
    const ranks = plan(parse(named.replace('width: 16,', 'width: 1, rank: 0.5,'))).trainings.map(
      ({ specification }) => specification.configuration.rank,
    );
    expect(ranks.every((rank) => rank >= 0.1 && rank <= 0.9)).toBe(true);
    expect(new Set(ranks).size).toBeGreaterThan(5);
  });

  it('is another training with other arguments, files or constants, and the same one elsewhere or with more time', () => {
    const hashes = (change: Partial<NonNullable<SweepDefinition['program']>>, text = file) => {
      const definition = parse(text);
      if (definition.program === undefined) throw new Error('a program’s sweep');
      return plan({ ...definition, program: { ...definition.program, ...change } }).trainings.map((training) =>
        trainingHash(training.specification),
      );
    };
    const own = hashes({});
    expect(hashes({ folder: '/elsewhere', timeout_seconds: 9, terminate_seconds: 1 })).toEqual(own);
    for (const other of [
      hashes({ command: ['python3', 'other.py'] }),
      hashes({ files: { 'train.py': 'abc' } }),
      hashes({}, file.replace('epochs: 3', 'epochs: 2')),
      hashes({}, file.replace('steps: 20', 'steps: 30')),
    ])
      expect(other.filter((hash) => own.includes(hash))).toEqual([]);
  });

  it('is another sweep under its name once a constant, a metric or a file is another', () => {
    const hashOf = (text: string) => {
      const definition = parse(text);
      return sweepHash(definition, plan(definition).inputs);
    };
    expect(hashOf(file.replace('seconds: minimize', 'seconds: maximize'))).not.toBe(hashOf(file));
    expect(hashOf(file.replace('note: plain', 'note: other'))).not.toBe(hashOf(file));
    expect(hashOf(`${file}parallelism: 3\n`)).toBe(hashOf(file));
  });
});

describe("what is wrong in a program's sweep file is told with its place", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["'{config}', '--width={width}'", "'{confg}', '--width={width}'", '3:32 trainer.command[2]: {confg} is neither'],
    ["'{config}', '--width={width}'", '{config}', 'braces are quoted: "{config}"'],
    ['accuracy: maximize', 'accuracy: upwards', 'trainer.metrics.accuracy: got the text "upwards"'],
    ['accuracy: maximize', 'step: maximize', 'trainer.metrics.step: has a meaning already'],
    ['accuracy: maximize', 'train_seconds: minimize', 'trainer.metrics.train_seconds: has a meaning already'],
    ['{accuracy: maximize, seconds: minimize}', '{}', 'trainer.metrics: names no metric'],
    ['  steps: 20', '  steps: 0', 'trainer.steps: got 0, expected a whole number of at least 1'],
    ['  steps: 20', '  ask: me', 'trainer.ask: is for programs that are not run here'],
    ['  width: {', '  9lives: {', 'space.9lives: is no name'],
    ['min: 1e-4', 'min: 0', 'a log scale needs a min above 0'],
    ['when: {optimiser: sgd}', 'when: {optimizer: sgd}', 'is no list of the space; did you mean optimiser?'],
    ['training: {', 'training: {width: 3, ', 'width is an axis of the space; keep it in one place'],
    ['width * epochs', 'widt * epochs', 'widt is no field with numbers; did you mean width?'],
    ['width * epochs <= 150', 'optimiser == 1', 'optimiser has texts, which no constraint can compare'],
    ['width * epochs <= 150', 'note < width', 'note has texts, which no constraint can compare'],
    ['width: 16, optimiser', 'width: 99, optimiser', "a number of the axis's range, 8 to 64"],
    ['width: 16, optimiser', 'width: 17, optimiser', 'in steps of 8, of which 16 is the nearest'],
    ['optimiser: adam}]', 'optimiser: adam, momentum: 0.5}]', 'is there when {optimiser: sgd} alone'],
    ['seed: [0, 1]', 'seed: {min: 0, max: 9}', 'space.seed: got a mapping, expected a list of seeds'],
    [
      'seed: 1, enq',
      'seed: 1, learn_from: [other], enq',
      'learn_from: is for searches whose points follow from results',
    ],
    ['kind: random', 'kind: tpe, learn_from: 3', 'search.learn_from: got 3, expected text'],
    ['name: mine', 'name: mine\nbase: gpt2', 'base: unknown key'],
    ['name: mine', 'name: mine\nobjectives: [acuracy]', 'did you mean accuracy?'],
  ];
  it.each(cases)('%s → %s', (from, to, message) => {
    expect(file).toContain(from);
    expect(() => parse(file.replace(from, to))).toThrow(message);
  });
});
