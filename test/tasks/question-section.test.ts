import { describe, expect, it } from 'vitest';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const everything = { isFile: () => true, isFolder: () => true };

function parse(task: string, rest = '') {
  const file = `name: s\nbase: some/model\ntask:\n  kind: question-answering\n${task}\nspace: {p: [0]}\n${rest}`;
  return parseSweepFile(file, '/home/user/sweep.yaml', everything, taskSections, searchSections);
}

const data = '  data: {train: ./train.json, dev: ./dev.json, test: ./test.json}';

describe('the section of question answering', () => {
  it('takes SQuAD’s JSON by its name, with its own columns and every default', () => {
    expect(parse(data)).toMatchObject({
      task: {
        kind: 'question-answering',
        data: {
          columns: { id: 'id', question: 'question', context: 'context', answers: 'answers' },
        },
        settings: { stride: null, max_question_tokens: null },
        judging: { max_answer_tokens: 30, n_best: 20, null_threshold: 0 },
      },
      objectives: [
        { metric: 'answer_f1', direction: 'maximize' },
        { metric: 'exact_match', direction: 'maximize' },
      ],
    });
  });

  it('takes other files with columns of other names', () => {
    const columns = parse('  data: {train: ./a.csv, dev: ./b.csv, question: q, answers: a}').task.data;
    expect(columns).toMatchObject({
      columns: { id: 'id', question: 'q', context: 'context', answers: 'a' },
    });
  });

  it.each([
    [`${data}\n  stride: 0`, '', /task.stride: got 0, expected a whole number of at least 1/],
    [`${data}\n  null_threshold: often`, '', /task.null_threshold: got the text "often", expected a number, or fitted/],
    [`${data}\n  labels: [a, b]`, '', /task.labels: unknown key/],
    ['  data: {package: spam-assassin}\n  train_rows: 2\n  dev_rows: 2', '', /task.data.package: its rows have no id/],
    [data, 'objectives: [accuracy]', /objectives/],
    [
      `${data}\n  null_threshold: fitted`,
      'evaluation: {split: [dev, test]}',
      /evaluation.split: a threshold that is fitted to the rows tells nothing of test rows; use dev alone/,
    ],
  ])('refuses %s %s', (task, rest, message) => {
    expect(() => parse(task, rest)).toThrow(message);
  });

  it('takes a fitted threshold on dev, and a number anywhere', () => {
    expect(parse(`${data}\n  null_threshold: fitted`).task.judging?.['null_threshold']).toBe('fitted');
    const numbered = parse(`${data}\n  null_threshold: -1.5`, 'evaluation: {split: [dev, test]}');
    expect(numbered.task.judging?.['null_threshold']).toBe(-1.5);
  });
});
