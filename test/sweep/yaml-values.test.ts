import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const there = { isFile: () => true, isFolder: () => true };

/** A whole file around what a test is about. @param data more of `task.data` @param task more of `task` */
function parse({ head = '', data = '', task = '', end = '' }) {
  const file = `${head}name: s
base: some/model
task:
  kind: text-classification
  data: {train: ./a.csv, dev: ./b.csv, text: text, label: label${data}}
${task}
${end}`;
  return parseSweepFile(file, '/home/user/sweep.yaml', there, taskSections, searchSections);
}

function messageOf(parts: Parameters<typeof parse>[0]): string {
  try {
    parse(parts);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

it('whole numbers are refused that have no place in the record, seeds excepted', () => {
  expect(messageOf({ end: 'parallelism: 2147483648' })).toContain(
    'parallelism: got 2147483648, expected a whole number of at least 1, and no more than 2147483647',
  );
  expect(messageOf({ end: 'training: {epochs: 2147483648}' })).toContain('and no more than 2147483647');
  expect(parse({ end: 'training: {seed: 20240101000000}' }).training).toMatchObject({ seed: 20240101000000 });
});

describe('merge keys', () => {
  it('are read: what stands in the mapping itself wins, then the first that is merged', () => {
    const head = 'space: &one {p: [0], N: [2]}\n';
    const end = 'training: {<<: &a {rank: 4, alpha: 3}, rank: 6}\n';
    expect(parse({ end }).training).toMatchObject({ rank: 6, alpha: 3 });
    const two = 'training: {<<: [{rank: 4}, {rank: 5, alpha: 2}]}\n';
    expect(parse({ end: two }).training).toMatchObject({ rank: 4, alpha: 2 });
    expect(parse({ head }).space).toEqual({ dropout_rate: [0], train_instances: [2] });
  });

  it('bring unknown keys too, and are refused where they merge no mapping', () => {
    expect(messageOf({ end: 'training: {<<: {rnk: 4}}\n' })).toContain('training.rnk: unknown key; did you mean rank?');
    expect(messageOf({ end: 'training: {<<: 4}\n' })).toContain('training.<<: merges what is no other mapping');
  });
});

describe('numbers', () => {
  it('that are equal stand in a list twice, however they are written', () => {
    for (const axis of [
      'rank: [8, 8.0]',
      'sparsity: [1e-05, 0.00001]',
      'learning_rate: [1.e-4, 1E-4]',
      'lambda: [.5e-3, 5e-4]',
    ])
      expect(messageOf({ end: `space: {${axis}}\n` }), axis).toContain('stands in the list twice');
  });

  it('are said to be quoted, and shown as they were written', () => {
    expect(messageOf({ end: 'training: {learning_rate: "1e-4"}\n' })).toContain('take the quotation marks away');
    expect(messageOf({ end: 'training: {rank: 4.50}\n' })).toContain('got 4.50,');
  });
});

describe('text', () => {
  it('that YAML takes for something else is to be quoted, and cannot hold what no database can', () => {
    expect(messageOf({ data: ', format: true' })).toContain('got true');
    expect(messageOf({ data: ', text_pair: 4' })).toContain('got 4, expected text; quote it');
    expect(messageOf({ data: ', text_pair: "a\\0"' })).toContain('text without NUL');
    expect(messageOf({ task: '  labels: ["a", "b\\0"]\n' })).toContain('task.labels[1]');
  });

  it('of labels is what stands there, under YAML 1.1 too', () => {
    expect(parse({ task: '  labels: [no, yes]' }).task.labels).toEqual(['no', 'yes']);
    expect(parse({ head: '%YAML 1.1\n---\n', task: '  labels: [no, yes]' }).task.labels).toEqual(['no', 'yes']);
    expect(parse({ task: '  labels: [false, true]' }).task.labels).toEqual(['false', 'true']);
    expect(parse({ task: '  labels: [0.0, 1.0]' }).task.labels).toEqual(['0.0', '1.0']);
  });
});

describe('data', () => {
  it('of the hub has splits by name, the usual ones where the file does not say', () => {
    const read = (data: string) =>
      parseSweepFile(
        `name: s\nbase: some/model\ntask: {kind: text-classification, data: {${data}, text: a, label: b}}\n`,
        '/home/user/sweep.yaml',
        there,
        taskSections,
        searchSections,
      ).task.data;
    const columns = { text: 'a', label: 'b' };
    expect(read('hub: org/name')).toEqual({
      kind: 'hub',
      dataset: 'org/name',
      train: 'train',
      dev: 'validation',
      columns,
    });
    expect(read('hub: org/name, config: c, revision: v1, dev: {fraction: 0.1}, test: test')).toEqual({
      kind: 'hub',
      dataset: 'org/name',
      config: 'c',
      revision: 'v1',
      train: 'train',
      dev: { fraction: 0.1, stratify: false, seed: 0 },
      test: 'test',
      columns,
    });
    expect(() => read('hub: "a b/c"')).toThrow(/expected a data set of the hub/);
  });

  it('is refused where an encoding, a fraction or a format is none', () => {
    expect(messageOf({ data: ', encoding: utf-99' })).toContain('task.data.encoding');
    expect(messageOf({ data: ', format: xls' })).toMatch(/csv, tsv, jsonl, json, parquet/);
    expect(messageOf({ data: ', columns: [a, a]' })).toContain('a stands in the list twice');
  });
});
