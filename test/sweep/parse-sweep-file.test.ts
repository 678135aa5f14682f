import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const lookup = {
  isFile: (path: string) => ['train.csv', 'dev.csv', 'model.onnx'].includes(path.replace('/home/user/', '')),
  isFolder: (path: string) => path === '/home/user/model',
};

function parse(text: string) {
  return parseSweepFile(text, '/home/user/sweep.yaml', lookup, taskSections, searchSections);
}

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

const kinds = taskSections.map(({ kind }) => kind).join(', ');

const base = `name: mine
base: sentence-transformers/all-MiniLM-L6-v2
task:
  kind: text-classification
  data: {train: ./train.csv, dev: ./dev.csv, text: sentence, label: label}
`;

describe('the base of a sweep file', () => {
  it('may be a hub id, a folder, or an ONNX file', () => {
    const read = (place: string) => parse(base.replace('sentence-transformers/all-MiniLM-L6-v2', place)).base;
    expect(read('owner/name')).toBe('owner/name');
    expect(read('./model')).toBe('/home/user/model');
    expect(read('./model.onnx')).toBe('/home/user/model.onnx');
  });

  it('has to be there', () => {
    const tell = (place: string) => messageOf(base.replace('sentence-transformers/all-MiniLM-L6-v2', place));
    expect(tell('./other')).toContain('base: there is no folder /home/user/other');
    expect(tell('./other.onnx')).toContain('base: there is no file /home/user/other.onnx');
  });
});

describe('parsing a sweep file', () => {
  it('takes a device to wait for, and leaves it open where the slots may choose', () => {
    const small = `${base}space: {p: [0, 0.5]}\n`;
    expect(parse(`${small}device: webgpu\n`).device).toBe('webgpu');
    expect(parse(`${small}device: auto\n`)).toEqual(parse(small));
    expect('device' in parse(small)).toBe(false);
    expect(messageOf(`${small}device: gpu\n`)).toMatch(/sweep\.yaml:\d+:\d+ device: .*webgpu/);
  });

  it('reads a small file with every default in place', () => {
    const definition = parse(`${base}space: {p: [0, 0.5], N: [1, 2], M: [1, 4]}\n`);
    expect(definition.space).toEqual({ dropout_rate: [0, 0.5], train_instances: [1, 2] });
    expect(definition.task.data).toEqual({
      kind: 'files',
      train: '/home/user/train.csv',
      dev: '/home/user/dev.csv',
      columns: { text: 'sentence', label: 'label' },
    });
    expect(definition.training).toMatchObject({
      rank: 8,
      alpha: 16,
      targets: ['all-linear'],
      batch_size: 32,
      learning_rate: 5e-4,
      weight_decay: 0.01,
      clip_norm: 1,
      warmup_fraction: 0.06,
      max_length: 128,
    });
    expect(definition.evaluations.map(({ mode, ensemble_size }) => [mode, ensemble_size])).toEqual([
      ['ensemble', 1],
      ['ensemble', 4],
    ]);
    expect(definition.search).toEqual({ kind: 'grid' });
    expect(definition.objectives.map(({ metric }) => metric)).toEqual(['accuracy', 'ece']);
  });

  it('takes aliases and full names as the same field', () => {
    const aliased = parse(`${base}space: {p: [0.50], lambda: [1e-3], N: [2], M: [4]}\n`);
    const named = parse(
      `${base}space: {dropout_rate: [5e-1], sparsity: [0.001], train_instances: [2], ensemble_size: [4]}\n`,
    );
    expect(aliased).toEqual(named);
  });

  it('reads clip_norm none as no clipping', () => {
    expect(parse(`${base}training: {clip_norm: none}\n`).training.clip_norm).toBeNull();
  });

  it('reads an adapter with its own fields, and writes down only what is given', () => {
    const { training, space } = parse(`${base}training:
  adapter: adalora
  rank: 12
  gamma: 0.3
  allocation_interval: 5
  scaling: rank_stabilized
  targets: [query, '/layer\\.[01]\\..*dense$/']
  layers: [0, 1]
space: {p: [0, 0.5], target_rank: [4, 8]}
`);
    expect(space).toEqual({ dropout_rate: [0, 0.5], target_rank: [4, 8] });
    expect(training).toMatchObject({ adapter: 'adalora', rank: 12, orthogonality: 0.3, allocation_interval: 5 });
    expect(training).toMatchObject({ scaling: 'rank_stabilized', layers: [0, 1] });
    expect(training.targets).toEqual(['query', '/layer\\.[01]\\..*dense$/']);
    expect(training).not.toHaveProperty('sensitivity_smoothing');
    expect(parse(`${base}training: {scaling: standard}\n`).training).toEqual(parse(base).training);
  });

  it('takes the precision of the base, fixed or as an axis', () => {
    expect(parse(`${base}training: {base_precision: int8}\n`).training.base_precision).toBe('int8');
    expect(parse(`${base}training: {base_precision: float32}\n`).training).toEqual(parse(base).training);
    const { space } = parse(`${base}space: {base_precision: [float32, float16, int8, int8_all]}\n`);
    expect(space).toEqual({ base_precision: ['float32', 'float16', 'int8', 'int8_all'] });
    expect(() => parse(`${base}training: {base_precision: int4}\n`)).toThrow(/float32, float16, int8, int8_all/);
  });

  it('takes adapters as an axis, and the fields of each of them', () => {
    const { space } = parse(`${base}space: {adapter: [lora, adalora], orthogonality: [0.1]}\n`);
    expect(space).toEqual({ adapter: ['lora', 'adalora'], orthogonality: [0.1] });
  });

  it('lists every problem at once, in the order of the lines', () => {
    const message = messageOf(`nme: mine
base: ./nowhere
task:
  kind: text-clasification
  data:
    train: ./train.csv
    dev: ./devel.csv
    label: label
space:
  p: [0, 1.0, 0.5, 0.5]
  N: [0, 1.5]
  M: []
  lambda: -1
training:
  epochs: many
  dropout_rate: 0.1
paralelism: 2
`);
    expect(message).toBe(`SWEEP_FILE_INVALID: 14 problems in sweep.yaml
  sweep.yaml:1:1 name: is missing; expected a name for the sweep
  sweep.yaml:1:1 nme: unknown key; did you mean name?
  sweep.yaml:2:7 base: there is no folder /home/user/nowhere
  sweep.yaml:4:9 task.kind: got the text "text-clasification", expected one of ${kinds}; did you mean text-classification?
  sweep.yaml:7:10 task.data.dev: there is no file /home/user/devel.csv
  sweep.yaml:10:10 space.p[1]: got 1.0, expected a number in [0, 1)
  sweep.yaml:10:20 space.p[3]: 0.5 stands in the list twice
  sweep.yaml:11:7 space.N[0]: got 0, expected a whole number of at least 1
  sweep.yaml:11:10 space.N[1]: got 1.5, expected a whole number of at least 1
  sweep.yaml:12:6 space.M: the list is empty; give at least one value
  sweep.yaml:13:11 space.lambda: got -1, expected a number of at least 0
  sweep.yaml:15:11 training.epochs: got the text "many", expected a whole number of at least 0
  sweep.yaml:16:17 training.dropout_rate: dropout_rate is an axis of the space; keep it in one place
  sweep.yaml:17:1 paralelism: unknown key; did you mean parallelism?`);
  });

  const broken: readonly (readonly [title: string, lines: string, message: string])[] = [
    [
      'refuses an alias beside the name that it stands for',
      'space: {p: [0.1], dropout_rate: [0.2]}',
      'sweep.yaml:6:12 space.p: p is another name of dropout_rate, which is given too; keep one',
    ],
    [
      'refuses the same number in two spellings',
      'space: {p: [0.5, 5e-1]}',
      'sweep.yaml:6:18 space.p[1]: 0.5 stands in the list twice',
    ],
    [
      'refuses a negative lambda in its own spelling',
      'space: {lambda: [-0.1]}',
      'sweep.yaml:6:18 space.lambda[0]: got -0.1, expected a number of at least 0',
    ],
    [
      'refuses a range in a grid',
      'space: {p: {min: 0, max: 0.5}}',
      'sweep.yaml:6:12 space.p: got a mapping, expected a list of values; ranges are for search: {kind: random}, sobol, tpe or nsga2',
    ],
    [
      'refuses a log scale from 0',
      'search: {kind: random, trials: 3}\nspace: {lambda: {min: 0, max: 1, scale: log}}',
      'sweep.yaml:7:17 space.lambda: a log scale needs a min above 0; zero_or: {min, max, scale: log} tries 0 besides',
    ],
    [
      'refuses a random search that does not say how long it is',
      'search: {kind: random}',
      'sweep.yaml:6:9 search.trials: is missing; expected how many points to draw',
    ],
    [
      'refuses rungs that fall',
      'scheduler: {kind: halving, rungs: [0.5, 0.25]}',
      'sweep.yaml:6:35 scheduler.rungs: the shares must rise from one rung to the next',
    ],
    [
      'refuses an objective that nothing measures',
      'objectives: [acuracy]',
      'sweep.yaml:6:14 objectives[0]: got the text "acuracy", expected one of accuracy, f1, macro_f1, micro_f1, macro_recall, matthews, top_3_accuracy, top_5_accuracy, loss, brier, brier_reliability, brier_resolution, ece, ece_equal_mass, accuracy_at_80_coverage, complexity, expected_kept_entries, update_norm, update_effective_rank, inference_passes, train_seconds, trainable_parameters, accuracy_gap, loss_gap; did you mean accuracy?',
    ],
    [
      'refuses an objective that the task’s predictions have nothing of',
      'objectives: [accuracy, pearson]',
      'sweep.yaml:6:24 objectives[1]: got the text "pearson", expected one of accuracy, f1, macro_f1, micro_f1, macro_recall, matthews, top_3_accuracy, top_5_accuracy, loss, brier, brier_reliability, brier_resolution, ece, ece_equal_mass, accuracy_at_80_coverage, complexity, expected_kept_entries, update_norm, update_effective_rank, inference_passes, train_seconds, trainable_parameters, accuracy_gap, loss_gap, which the task’s predictions have',
    ],
    [
      'refuses to score test rows that are not named',
      'evaluation: {split: test}',
      'sweep.yaml:6:13 evaluation.split: test needs task.data.test',
    ],
    [
      'refuses an adapter’s field where no adapter has it',
      'training: {target_rank: 4}',
      'sweep.yaml:6:25 training.target_rank: is for adapter: adalora only',
    ],
    [
      'refuses an adapter that is both fixed and an axis',
      'training: {adapter: lora}\nspace: {adapter: [lora, adalora]}',
      'sweep.yaml:6:21 training.adapter: adapter is an axis of the space; keep it in one place',
    ],
    [
      'refuses an adapter that there is not',
      'training: {adapter: adalor}',
      'sweep.yaml:6:21 training.adapter: got the text "adalor", expected one of lora, adalora; did you mean adalora?',
    ],
    [
      'refuses a target that is no regular expression though it is written as one',
      'training: {targets: [/(query/]}',
      'sweep.yaml:6:22 training.targets[0]: got the text "/(query/", expected a regular expression between slashes (Invalid regular expression: /(query/u: Unterminated group)',
    ],
    [
      'refuses a field without a value',
      'space:\n  p:',
      'sweep.yaml:7:3 space.p: has no value; give one or take the line out',
    ],
    [
      'refuses a number in quotes',
      'parallelism: "2"',
      'sweep.yaml:6:14 parallelism: got the text "2", expected a whole number of at least 1; take the quotation marks away',
    ],
    [
      'refuses what has no place in the record’s integers',
      'parallelism: 2147483648',
      'sweep.yaml:6:14 parallelism: got 2147483648, expected a whole number of at least 1, and no more than 2147483647',
    ],
    [
      'refuses settings of a trainer that is not asked for',
      'simulation: {steps: 3}',
      'sweep.yaml:6:13 simulation: is for trainer: simulated only',
    ],
  ];
  for (const [title, lines, message] of broken) {
    it(title, () => {
      expect(messageOf(`${base}${lines}\n`)).toBe(`SWEEP_FILE_INVALID: 1 problem in sweep.yaml\n  ${message}`);
    });
  }

  it('refuses labels that are given twice', () => {
    const message = messageOf(`${base}  labels: [good, bad, good]\n`);
    expect(message).toContain('sweep.yaml:6:23 task.labels[2]: good stands in the list twice');
  });

  it('refuses a name that no file or table could bear', () => {
    expect(messageOf(base.replace('mine', '"my sweep/1"'))).toContain(
      'sweep.yaml:1:7 name: got the text "my sweep/1", expected letters, digits, dots, dashes and underscores',
    );
  });

  it('refuses a key that stands there twice, and what is no YAML', () => {
    expect(messageOf(`${base}name: again\n`)).toContain('sweep.yaml:6:1 not YAML: Map keys must be unique');
    expect(messageOf('space: [1, 2')).toContain('not YAML');
    expect(messageOf('')).toBe(
      'SWEEP_FILE_INVALID: 1 problem in sweep.yaml\n  sweep.yaml:1:1 the file is no mapping; it needs name, base, task and space',
    );
  });
});

describe('the examples', () => {
  const folder = resolve(import.meta.dirname, '../../examples');
  const onDisk = {
    isFile: (path: string) => path.startsWith(folder) || existsSync(path),
    isFolder: (path: string) => path.startsWith(folder) || (existsSync(path) && statSync(path).isDirectory()),
  };
  for (const name of ['quickstart', 'mrpc', 'csv', 'halving', 'program/sweep', 'peft/sweep', 'peft/ask', 'ask/sweep']) {
    it(`${name}.yaml is a valid sweep file`, () => {
      const file = resolve(folder, `${name}.yaml`);
      expect(
        parseSweepFile(readFileSync(file, 'utf8'), file, onDisk, taskSections, searchSections).evaluations.length,
      ).toBeGreaterThan(0);
    });
  }
});
