import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const lookup = { isFile: () => false, isFolder: (path: string) => path === '/home/user/GLUE' };

function parse(data: string, kind = 'text-classification', more = '') {
  const text = `name: mine\nbase: owner/name\ntask:\n  kind: ${kind}\n  data: ${data}\nspace: {p: [0.5]}\n${more}`;
  return parseSweepFile(text, '/home/user/sweep.yaml', lookup, taskSections, searchSections);
}

function messageOf(...given: Parameters<typeof parse>): string {
  try {
    parse(...given);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('a task of GLUE in a sweep file', () => {
  it('is its name and a folder, and stays what it was for those that are recorded', () => {
    const { task, objectives } = parse('{glue: MRPC, folder: ./GLUE}');
    expect(task.data).toEqual({ kind: 'glue', task: 'MRPC', folder: '/home/user/GLUE' });
    expect(objectives.map(({ metric }) => metric)).toEqual(['accuracy', 'ece']);
  });

  it('is the hub’s without a folder', () => {
    expect(parse('{glue: RTE}').task.data).toEqual({ kind: 'glue', task: 'RTE', dataset: 'nyu-mll/glue' });
    expect(parse('{glue: RTE, hub: my/glue, revision: v1}').task.data).toMatchObject({
      dataset: 'my/glue',
      revision: 'v1',
    });
    expect(messageOf('{glue: RTE, hub: a b c}')).toContain('expected a data set of the hub');
    expect(messageOf('{glue: RTE, hub: my/glue, folder: ./GLUE}')).toContain('as hub does; keep one');
  });

  it('names other splits', () => {
    const { data } = parse('{glue: MNLI, folder: ./GLUE, train: part, dev: [a.tsv, b.tsv]}').task;
    expect(data).toMatchObject({ train: 'part', dev: ['a.tsv', 'b.tsv'] });
    expect(parse('{glue: RTE, folder: ./GLUE, dev: {fraction: 0.1}}').task.data).toMatchObject({
      dev: { fraction: 0.1, stratify: false, seed: 0 },
    });
  });

  it('has the objectives that it is judged by', () => {
    const names = (data: string, kind?: string) => parse(data, kind).objectives.map(({ metric }) => metric);
    expect(names('{glue: CoLA}')[0]).toBe('matthews');
    expect(names('{glue: QQP}').slice(0, 2)).toEqual(['accuracy', 'f1']);
    expect(names('{glue: STS-B}', 'text-regression').slice(0, 2)).toEqual(['pearson', 'spearman']);
  });

  it.each([
    ['{glue: RTE, folder: ./nowhere}', undefined, 'there is no folder /home/user/nowhere'],
    ['{glue: STSB}', 'text-regression', 'did you mean STS-B?'],
    ['{glue: STS-B}', undefined, 'STS-B is for task.kind: text-regression'],
    ['{glue: RTE}', 'text-regression', 'RTE is for task.kind: text-classification'],
    ['{glue: AX, folder: ./GLUE}', undefined, 'task.data.train: is missing'],
    ['{glue: RTE, label: x}', undefined, 'task.data.label: unknown key'],
  ])('%s of %s is refused', (data, kind, message) => {
    expect(messageOf(data, kind)).toContain(message);
  });

  it('has no test labels, unless a file is named that has some', () => {
    const more = 'evaluation: {split: [dev, test]}\n';
    expect(messageOf('{glue: RTE}', undefined, more)).toContain('test labels are not public');
    expect(parse('{glue: MRPC, test: test}', undefined, more).evaluations).toHaveLength(2);
  });
});
