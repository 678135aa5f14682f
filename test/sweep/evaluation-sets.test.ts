import { describe, expect, it } from 'vitest';
import { DropsweepError } from '../../src/base/errors.ts';
import { planSweep } from '../support/whole-plan.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { describeDifference } from '../../src/sweep/describe-difference.ts';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { ResolvedSet } from '../../src/sweep/sweep-definition.ts';
import { rankingMetricsOf, headingOf, shownMetrics } from '../../src/tasks/task-metrics.ts';
import { taskSections } from '../../src/tasks/tasks.ts';
import { resolvedInputs } from './sweep-inputs.ts';

const there = { isFile: (path: string) => !path.includes('nowhere'), isFolder: () => true };
const parse = (text: string) => parseSweepFile(text, '/home/user/sweep.yaml', there, taskSections, searchSections);

const file = (sets: string, more = '') => `name: mine
base: owner/model
task:
  kind: text-classification
  labels: [ham, spam]
  data: {train: ./train.csv, dev: ./dev.csv, text: sentence, label: verdict}
space: {p: [0, 0.5], M: [1, 4]}
evaluation:
  mask_seed: 3${sets === '' ? '' : `\n  sets: ${sets}`}
${more}`;

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DropsweepError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('further evaluation sets of a sweep file', () => {
  it('are read as the dev rows of the task, their columns called as there', () => {
    const { sets } = parse(file('{shift: {data: {rows: [./a.csv, ./b.csv], text: review}, sample_rows: 50}}'));
    const places = ['/home/user/a.csv', '/home/user/b.csv'];
    expect(sets).toEqual([
      {
        name: 'shift',
        own_task: false,
        task: {
          kind: 'text-classification',
          labels: ['ham', 'spam'],
          data: { kind: 'files', train: places, dev: places, columns: { text: 'review', label: 'verdict' } },
          dev_rows: 50,
          split_seed: 0,
        },
      },
    ]);
  });

  it('may have a task and a length of their own', () => {
    const own = 'task: {kind: text-regression}, max_length: 32, data: {rows: ./a.csv, text: t, label: score}';
    const [set] = parse(file(`{grades: {${own}}}`)).sets ?? [];
    expect(set).toMatchObject({ own_task: true, max_length: 32, task: { kind: 'text-regression' } });
    expect(set?.task.labels).toBeUndefined();
  });

  it('may be on the hub, where their rows are one split', () => {
    const [set] =
      parse(file('{mm: {data: {hub: nyu-mll/glue, config: mnli, rows: validation_mismatched}}}')).sets ?? [];
    expect(set?.task.data).toMatchObject({ kind: 'hub', dev: 'validation_mismatched', train: 'validation_mismatched' });
  });

  describe('whose files are not said to be read otherwise are read as the sweep’s own:', () => {
    const named = 'columns: [verdict, sentence], encoding: latin1, format: csv';
    const data = (own: string, more: string, set: string) =>
      parse(
        file(`{shift: {data: {${set}}}}`).replace(
          /data: .*/,
          `data: {${own}, text: sentence, label: verdict, ${more}}`,
        ),
      ).sets?.[0]?.task.data;
    const files = 'train: ./train.txt, dev: ./dev.txt';
    const read = { header: ['verdict', 'sentence'], encoding: 'windows-1252', format: 'csv' };

    it('header, encoding and format', () => {
      expect(data(files, named, 'rows: ./a.txt')).toMatchObject(read);
      expect(data(files.replaceAll('.txt', '.csv'), named, 'rows: [./a.txt, ./b.csv]')).toMatchObject(read);
    });

    it('but what the set says itself', () => {
      const own = 'rows: ./a.txt, columns: [sentence, verdict], encoding: utf-8, format: tsv';
      const reading = { header: ['sentence', 'verdict'], encoding: 'utf-8', format: 'tsv' };
      expect(data(files, named, own)).toMatchObject(reading);
    });

    it('and a format, which its own names tell, is theirs', () => {
      const found = data(files, named, 'rows: ./a.jsonl');
      expect(found).toMatchObject({ encoding: 'windows-1252' });
      expect(found).not.toHaveProperty('format');
      // JSON lines that are called .json, there as here.
      const lines = data('train: ./train.json, dev: ./dev.json', 'format: jsonl', 'rows: ./a.json');
      expect(lines).toMatchObject({ format: 'jsonl' });
      expect(() => data('train: ./train.csv, dev: ./dev.csv', '', 'rows: ./a.txt')).toThrow(/format: is missing/);
    });

    it('of another split of its data set on the hub too, and not of another data set', () => {
      const hub = 'hub: owner/data';
      expect(data(hub, named, 'hub: owner/data, rows: shift')).toMatchObject(read);
      expect(data(hub, named, 'rows: shift')).toMatchObject({ ...read, dataset: 'owner/data' });
      for (const name of Object.keys(read))
        expect(data(hub, named, 'hub: other/data, rows: shift')).not.toHaveProperty(name);
    });
  });

  it('may be another split of GLUE’s folder, or another of its tasks, whose rows none is trained on', () => {
    const glue = (sets: string) =>
      parse(
        file(sets)
          .replace(/data: .*/, 'data: {glue: MNLI, folder: ./MNLI}')
          .replace('  labels: [ham, spam]\n', ''),
      );
    const data = (sets: string) => glue(sets).sets?.[0]?.task.data;
    const [folder, split] = ['/home/user/MNLI', 'dev_mismatched'];
    const mismatched = { kind: 'glue', task: 'MNLI', folder, train: split, dev: split };
    expect(data(`{mismatched: {data: {rows: ${split}}}}`)).toEqual(mismatched);
    const [other, whole] = ['/home/user/AX', 'diagnostic-full'];
    expect(data('{ax: {data: {glue: AX, folder: ./AX}}}')).toEqual({
      kind: 'glue',
      task: 'AX',
      folder: other,
      train: whole,
      dev: whole,
    });
  });

  it.each([
    ['{}', /evaluation.sets: names no set/],
    ['{Shift: {data: {rows: ./a.csv}}}', /evaluation.sets.Shift: is no name of a set/],
    ['{shift: {}}', /evaluation.sets.shift.data: is missing/],
    ['{shift: {data: {text: t}}}', /evaluation.sets.shift.data.rows: is missing/],
    ['{shift: {data: {rows: ./nowhere.csv}}}', /there is no file \/home\/user\/nowhere.csv/],
    ['{shift: {data: {rows: ./a.csv}, rows: 3}}', /evaluation.sets.shift.rows: unknown key/],
    ['{shift: {task: {kind: guessing}, data: {rows: ./a.csv}}}', /evaluation.sets.shift.task.kind: got .*guessing/],
    ['{shift: {task: {kind: text-regression}, data: {rows: ./a.csv}}}', /evaluation.sets.shift.data.text: is missing/],
  ])('are refused with their place: %s', (sets, message) => {
    expect(messageOf(file(sets))).toMatch(message);
  });
});

describe('metrics of further sets', () => {
  const sets = '{shift: {data: {rows: ./a.csv}}}';

  it('are objectives by the name of their set, with the direction and heading of their own', () => {
    const definition = parse(file(sets, 'objectives: [accuracy, shift.ece, shift.loss]\n'));
    expect(definition.objectives.slice(1)).toEqual([
      { metric: 'shift.ece', direction: 'minimize' },
      { metric: 'shift.loss', direction: 'minimize' },
    ]);
    expect(headingOf(definition, 'shift.loss')).toBe('shift NLL');
    expect(shownMetrics(definition)).toEqual(['accuracy', 'shift.ece', 'shift.loss', 'ece', 'loss', 'shift.accuracy']);
    expect(rankingMetricsOf(definition).map(({ name }) => name)).toContain('shift.matthews');
    expect(messageOf(file(sets, 'objectives: [shift.spearman]\n'))).toMatch(/objectives/);
    expect(messageOf(file(sets, 'objectives: [other.accuracy]\n'))).toMatch(/objectives/);
  });

  it('decide no search, which hears of the dev rows alone', () => {
    const halving = 'objectives: [shift.accuracy]\nscheduler: {kind: halving, rungs: [0.5]}\ntraining: {epochs: 4}\n';
    const definition = parse(file(sets, halving));
    expect(() => planSweep(definition, resolvedInputs())).toThrow(/cannot decide by its first objective/);
  });
});

describe('a plan with further sets', () => {
  const shift: ResolvedSet = { name: 'shift', dataset: { hash: 'f'.repeat(64), rows: 40 } };
  const definition = parse(file(''));
  const without = planSweep(definition, resolvedInputs());
  const plan = (...sets: readonly ResolvedSet[]) => planSweep(definition, resolvedInputs({ sets }));

  it('has the same trainings, trials and evaluations as without', () => {
    const strip = ({ trainings, trials }: ReturnType<typeof planSweep>) => ({
      trials,
      trainings: trainings.map((training) => ({ ...training, sets: undefined })),
    });
    expect(strip(plan(shift))).toEqual(strip(without));
    expect(without.trainings.every((training) => !('sets' in training))).toBe(true);
  });

  it('scores each set by the masks of each evaluation, without a gap', () => {
    const [, training] = plan(shift).trainings;
    expect(training?.sets?.map(({ beside, evaluation }) => [beside, evaluation.configuration])).toEqual(
      training?.evaluations.map(({ configuration }, index) => [index, { ...configuration, gap: false }]),
    );
  });

  it('knows a set by its rows, its task and its length, not by its name', () => {
    const hashes = (set: ResolvedSet) =>
      plan(set).trainings[1]?.sets?.map(({ evaluation }) => evaluation.evaluation_hash);
    const task = { kind: 'regression', label_names: [] };
    expect(hashes({ ...shift, name: 'other' })).toEqual(hashes(shift));
    const others = [
      { ...shift, task },
      { ...shift, max_length: 8 },
      { ...shift, dataset: { hash: 'a', rows: 40 } },
    ];
    for (const other of others) expect(hashes(other)).not.toEqual(hashes(shift));
  });

  it('is another sweep under the same name, and says what differs', () => {
    expect(plan(shift).canonical_hash).not.toBe(without.canonical_hash);
    const sides = [without, plan(shift)].map(({ inputs }) => ({ definition, inputs }));
    expect(describeDifference(sides[0] ?? fail(), sides[1] ?? fail())).toEqual([
      'sets.shift.rows: nothing → ffffffffffff…',
    ]);
  });
});

function fail(): never {
  throw new Error('not there');
}
