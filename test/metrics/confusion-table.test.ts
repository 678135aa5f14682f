import { expect, it } from 'vitest';
import { choiceScores } from '../../src/metrics/forms/choice-scores.ts';
import { confusionTable } from '../../src/metrics/parts/confusion-table.ts';
import { tagScores } from '../../src/metrics/entity-f1.ts';
import { classScores, labelSetScores, valueScores } from '../../src/metrics/forms/scored-set.ts';

it('labels go down and predictions across, of classes and of letters', () => {
  const content = {
    names: ['a', 'b'],
    probabilities: Float64Array.of(1, 0, 0, 1, 0, 1),
    predictions: [0, 1, 1],
    labels: [0, 0, 1],
  };
  const expected = {
    rows: ['a', 'b'],
    columns: ['a', 'b'],
    counts: [
      [1, 1],
      [0, 1],
    ],
  };
  expect(confusionTable(classScores.set(content))).toMatchObject(expected);
  const questions = { ...content, choices: [2, 2, 2], subjects: [null, null, null] };
  expect(confusionTable(choiceScores.set(questions))).toMatchObject(expected);
});

it('tags are counted word by word, the commonest first', () => {
  const sentences = [
    { reference: ['O', 'B-PER', 'O'], predicted: ['O', 'O', 'O'] },
    { reference: ['B-PER', 'O'], predicted: ['B-PER', 'B-LOC'] },
  ];
  expect(confusionTable(tagScores.set({ sentences }))).toEqual({
    down: 'tag',
    across: 'predicted',
    rows: ['O', 'B-PER', 'B-LOC'],
    columns: ['O', 'B-PER', 'B-LOC'],
    counts: [
      [2, 0, 1],
      [1, 1, 0],
      [0, 0, 0],
    ],
  });
});

it('of sets of labels each is found, missed or wrongly set; numbers have no table', () => {
  const set = labelSetScores.set({
    names: ['x', 'y'],
    predictions: Uint8Array.of(1, 0, 1, 1, 0, 0),
    labels: Uint8Array.of(1, 1, 0, 1, 1, 0),
  });
  // x: found once, missed once, wrongly set once; y: found once, missed once.
  expect(confusionTable(set)).toMatchObject({
    rows: ['x', 'y'],
    counts: [
      [1, 1, 1],
      [1, 1, 0],
    ],
  });
  expect(confusionTable(valueScores.set({ predictions: Float64Array.of(1), targets: [1] }))).toBeNull();
});
