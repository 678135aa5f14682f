import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DropsweepError } from '../../src/base/errors.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { TaskShape } from '../../src/sweep/vocabulary.ts';
import { type LoadedDataset, loadDataset } from '../../src/tasks/load-dataset.ts';
import { sortedNames } from '../../src/tasks/sorted-names.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-label-sets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const there = { isFile: () => true, isFolder: () => true };

/** Loads a task whose train and dev rows are one text. @param fields lines of the task section */
async function load(kind: string, extension: string, text: string, data: string, fields = ''): Promise<LoadedDataset> {
  for (const split of ['train', 'dev']) writeFileSync(path.join(folder, `${split}.${extension}`), text);
  const file = `name: s
base: some/model
task:
  kind: ${kind}
  data: {train: ./train.${extension}, dev: ./dev.${extension}, text: text, ${data}}
${fields}`;
  return loadDataset(parseSweepFile(file, path.join(folder, 'sweep.yaml'), there, taskSections, searchSections).task);
}

const sets = (extension: string, text: string, data = 'label: label', fields = '') =>
  load('multi-label-classification', extension, text, data, fields);

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('rows with any number of labels', () => {
  const expected = [
    { text: 'a', labels: [0, 1] },
    { text: 'b', labels: [] },
    { text: 'c', labels: [1] },
  ];

  it('come of a list in JSON lines', async () => {
    const lines = [
      { text: 'a', label: ['rude', 'toxic'] },
      { text: 'b', label: [] },
      { text: 'c', label: ['toxic', 'toxic'] },
    ];
    const loaded = await sets('jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(loaded.task).toEqual({ kind: 'multi-label-classification', label_names: ['rude', 'toxic'] });
    expect(loaded.train).toEqual(expected);
  });

  it('come of a cell that lists names between commas, or as JSON', async () => {
    expect((await sets('csv', 'text,label\na,"toxic, rude"\nb,\nc,toxic\n')).train).toEqual(expected);
    expect((await sets('csv', 'text,label\na,"[""toxic"",""rude""]"\nb,[]\nc,"[""toxic""]"\n')).train).toEqual(
      expected,
    );
  });

  it('come of columns of 0 and 1, in the order that they are named in', async () => {
    const table = 'text,rude,toxic,other\na,1,1,x\nb,0,0,x\nc,0,1,x\n';
    const loaded = await sets('csv', table, 'label: [rude, toxic]');
    expect(loaded.task.label_names).toEqual(['rude', 'toxic']);
    expect(loaded.train).toEqual(expected);
    expect((await sets('csv', table, 'label: [toxic, rude]')).train[2]).toEqual({ text: 'c', labels: [0] });
  });

  it('have the order of labels that the file names', async () => {
    const loaded = await sets(
      'csv',
      'text,label\na,"toxic,rude"\nb,rude\n',
      'label: label',
      '  labels: [toxic, rude, odd]\n',
    );
    expect(loaded.task.label_names).toEqual(['toxic', 'rude', 'odd']);
    expect(loaded.train[1]).toEqual({ text: 'b', labels: [1] });
  });

  it('are refused with their place where a column holds something else, or a label is unknown', async () => {
    expect(await messageOf(() => sets('csv', 'text,rude,toxic\na,1,1\nb,2,0\n', 'label: [rude, toxic]'))).toMatch(
      /neither 0 nor 1 in rude[\s\S]*train\.csv:3/,
    );
    expect(
      await messageOf(() => sets('csv', 'text,label\na,"x,y"\nb,z\n', 'label: label', '  labels: [x, y]\n')),
    ).toMatch(/unknown label[\s\S]*train\.csv:3[\s\S]*got: z/);
    expect(await messageOf(() => sets('csv', 'text,label\na,"[1"\n'))).toMatch(/no list of labels/);
    for (const unlabelled of ['{"text": "b"}', '{"text": "b", "label": null}'])
      expect(await messageOf(() => sets('jsonl', `{"text": "a", "label": ["x", "y"]}\n${unlabelled}`))).toMatch(
        /no list of labels\n.*train\.jsonl:2\n {2}got: nothing/,
      );
    expect(await messageOf(() => sets('jsonl', '{"text": "a", "label": [{"x": 1}]}'))).toMatch(/no list of labels/);
    expect(await messageOf(() => sets('csv', 'text,label\na,\nb,\n'))).toMatch(/fewer than two labels/);
    expect(await messageOf(() => sets('csv', 'text,rude\na,1\n', 'label: [rude, toxic]'))).toMatch(/a column toxic/);
  });
});

describe('labels that are numbers, where task.labels has names', () => {
  const classes = (labels: readonly (string | number)[], fields: string) =>
    load(
      'text-classification',
      'jsonl',
      labels.map((label, i) => JSON.stringify({ text: `t${i}`, label })).join('\n'),
      'label: label',
      fields,
    );
  const frozen = async (labels: readonly (string | number)[], fields = '  labels: [neg, pos]\n') =>
    (await classes(labels, fields)).train.map(({ label }) => label);

  it('are places in it, as GLUE’s and the hub’s are', async () => {
    expect(await frozen([1, 0, 1])).toEqual([1, 0, 1]);
    expect(await frozen(['1', '0', '1'])).toEqual([1, 0, 1]);
    expect(await frozen([1, 0, 1], '  labels: [pos, neg]\n')).toEqual([1, 0, 1]);
    const { task } = await classes([1, 0, 1], '  labels: [neg, pos]\n  class_weights: balanced\n');
    expect(task.settings).toEqual({ class_weights: [1.5, 0.75] });
    const listed = await sets('csv', 'text,label\na,"1,0"\nb,\nc,1\n', 'label: label', '  labels: [rude, toxic]\n');
    expect(listed.train.map(({ labels }) => labels)).toEqual([[0, 1], [], [1]]);
  });

  it('are themselves where a name is a number too', async () => {
    expect(await frozen([1, 0, 2], '  labels: [2, 1, 0]\n')).toEqual([1, 2, 0]);
    expect(await messageOf(() => frozen([1, 0], '  labels: [1, many]\n'))).toMatch(
      /unknown label[^]*train\.jsonl:2[^]*got: 0[^]*expected: one of 1, many\n/,
    );
  });

  it('are refused where some are names, or out of range, with the row that is', async () => {
    expect(await messageOf(() => frozen([0, 1, 'pos']))).toMatch(
      /unknown label\n.*train\.jsonl:3\n.*got: pos\n.*expected: a number from 0 to 1, a place in task\.labels, as .*train\.jsonl:1 has; or one of neg, pos in every row/,
    );
    expect(await messageOf(() => frozen([0, 1, 2]))).toMatch(/train\.jsonl:3\n.*got: 2\n/);
    expect(await messageOf(() => frozen(['pos', 'neg', 1]))).toMatch(/train\.jsonl:1\n.*got: pos\n/);
    for (const label of [-1, 0.5, '00', 'true'])
      expect(await messageOf(() => frozen([label, 0]))).toMatch(/train\.jsonl:1\n/);
  });
});

describe('class weights', () => {
  const rows = [...Array<string>(6).fill('ham'), ...Array<string>(3).fill('spam'), 'other'];
  const table = `text,label\n${rows.map((label, i) => `t${i},${label}`).join('\n')}\n`;
  const weighted = async (fields: string) =>
    (await load('text-classification', 'csv', table, 'label: label', fields)).task;

  const weightsOf = ({ settings }: TaskShape): readonly number[] =>
    z.object({ class_weights: z.array(z.number()) }).parse(settings).class_weights;

  // sklearn.utils.class_weight.compute_class_weight('balanced', classes=['ham', 'other', 'spam'], y=rows), 1.9.1
  it('are scikit-learn’s where they are balanced', async () => {
    const weights = weightsOf(await weighted('  class_weights: balanced\n'));
    [0.5555555555555556, 3.3333333333333335, 1.1111111111111112].forEach((weight, i) =>
      expect(weights[i]).toBeCloseTo(weight, 14),
    );
  });

  it('are 1 of the classes that a map does not name, and nothing where all are 1', async () => {
    expect(weightsOf(await weighted('  class_weights: {spam: 3}\n'))).toEqual([1, 1, 3]);
    expect(await weighted('  class_weights: {spam: 1, ham: 1.0}\n')).toEqual(await weighted(''));
  });

  it('are of classes by the names that stand in the data, numbers too', async () => {
    const numbered = async (written: readonly string[], weights: string) => {
      const lines = written.map((label, i) => `t${i},${label}`).join('\n');
      return weightsOf(
        (
          await load(
            'text-classification',
            'csv',
            `text,label\n${lines}\n`,
            'label: label',
            `  class_weights: ${weights}\n`,
          )
        ).task,
      );
    };
    expect(await numbered(['0', '1', '1'], '{0: 2, 1: 3}')).toEqual([2, 3]);
    expect(await numbered(['0.0', '1.0'], '{1.0: 3}')).toEqual([1, 3]);
    expect(await numbered(['no', 'true'], '{true: 3}')).toEqual([1, 3]);
    expect(await numbered(['constructor', 'x'], '{x: 3}')).toEqual([1, 3]);
    expect(await messageOf(() => numbered(['0.0', '1.0'], '{1: 3}'))).toMatch(/of a class that is none[^]*got: 1\n/);
    expect(await messageOf(() => numbered(['0', '1'], '{1: 3, "1": 2}'))).toContain(
      'class_weights.1: stands here twice',
    );
    expect(await messageOf(() => numbered(['0', '1'], '{[a]: 3}'))).toContain('is no name');
  });

  it('are refused where they are no numbers above 0, or of no class', async () => {
    expect(await messageOf(() => weighted('  class_weights: {spam: }\n'))).toContain(
      'task.class_weights.spam: has no value',
    );
    expect(await messageOf(() => weighted('  class_weights: {spam: 0}\n'))).toContain('task.class_weights.spam: got 0');
    expect(await messageOf(() => weighted('  class_weights: equal\n'))).toContain('expected balanced');
    expect(await messageOf(() => weighted('  class_weights: {eggs: 2}\n'))).toContain('of a class that is none');
    expect(
      await messageOf(() => weighted('  class_weights: balanced\n  labels: [ham, spam, other, eggs]\n')),
    ).toContain('no row of eggs');
  });
});

describe('names of labels', () => {
  it('have the order of their numbers where all are numbers, else of their letters', () => {
    expect(sortedNames(['10', '9', '-1', '2', '9'])).toEqual(['-1', '2', '9', '10']);
    expect(sortedNames(['10', '9', 'x'])).toEqual(['10', '9', 'x']);
    expect(sortedNames(['1', '0'])).toEqual(['0', '1']);
  });
});
