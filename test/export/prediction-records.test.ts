import { describe, expect, it } from 'vitest';
import { predictionRecords, unseenRecords } from '../../src/export/predictions/prediction-records.ts';
import { settledTrial } from '../../src/export/settled-trial.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { evaluatedRows } from '../support/evaluated.ts';

const options = { aggregate: 'logits', withMembers: false } as const;
const classes = { kind: 'classification', label_names: ['bad', 'good'] } as const;
const values = { kind: 'regression', label_names: [] } as const;

/** Members' logits of rows, as an evaluation has them. */
function predictions(shape: typeof classes | typeof values, members: readonly (readonly number[])[], rows: number) {
  const { members: outputs, rows: evaluated } = evaluatedRows(
    shape,
    members.map((member) => Float32Array.from(member)),
    Array.from({ length: rows }, () => 0),
  );
  const texts = evaluated.rows.map((row, index) => ({ ...row, text: index === 0 ? 'so\nlong '.repeat(30) : 'short' }));
  return { members: outputs, evaluated: { ...evaluated, rows: texts } };
}

describe('records of predictions', () => {
  it('tell of classes which share of the members says something else than all together', () => {
    const three = predictions(
      classes,
      [
        [0, 4, 1, 0],
        [0, 1, 1, 0],
        [1, 0, 1, 0],
      ],
      2,
    );
    const records = unseenRecords(three, options);
    expect(records.map(({ prediction, disagreement }) => [prediction, disagreement])).toEqual([
      ['good', 1 / 3],
      ['bad', 0],
    ]);
    expect(records[0]).not.toHaveProperty('label');
    expect(records[0]).toHaveProperty('probability_good');
  });

  it('tell of numbers how far the members are apart, as a standard deviation', () => {
    const [record] = unseenRecords(predictions(values, [[1], [3], [5]], 1), options);
    expect(record?.['prediction']).toBeCloseTo(3, 12);
    expect(record?.['disagreement']).toBeCloseTo(Math.sqrt(8 / 3), 12);
  });

  it('of one member tell of no disagreement', () => {
    expect(unseenRecords(predictions(values, [[1]], 1), options)[0]).not.toHaveProperty('disagreement');
  });

  it('have the beginning of a row’s text on one line, and each member’s outputs where they are asked for', () => {
    const [record] = predictionRecords(
      predictions(
        classes,
        [
          [0, 4, 1, 0],
          [0, 1, 1, 0],
        ],
        2,
      ),
      { ...options, withMembers: true },
    );
    expect(record?.['text']).toBe(`${'so long '.repeat(10).slice(0, 79)}…`);
    expect(record?.['members']).toEqual([
      [0, 4],
      [0, 1],
    ]);
    expect(record?.['label']).toBe('bad');
  });
});

it('a threshold that scoring fitted to its rows is taken as it was found there, for rows without answers', () => {
  const shape = { kind: 'question-answering', label_names: [], settings: { unanswerable: true } };
  const own = trial(1);
  const evaluation = { ...own.evaluation, judging: { null_threshold: 'fitted', n_best: 20, max_answer_tokens: 30 } };
  const metrics = { rows: 1, loss: 1, mean_member_loss: 1, unanswered: { threshold: 2.5 } };
  const exported = { trial: { ...own, evaluation, metrics }, specification: { task: shape } };
  expect(settledTrial(exported).trial.evaluation.judging).toMatchObject({ null_threshold: 2.5, n_best: 20 });
  const given = {
    ...exported,
    trial: { ...exported.trial, evaluation: { ...evaluation, judging: { null_threshold: 1 } } },
  };
  expect(settledTrial(given).trial.evaluation.judging).toEqual({ null_threshold: 1 });
});
