import { expect, it } from 'vitest';
import { predictions } from '../../src/tasks/question-answering/predictions.ts';

const context = 'the film was good';
/** [CLS], a question of one word, [SEP], the words of the context, [SEP]. */
const spans = Int32Array.from([-1, -1, -1, -1, -1, -1, 0, 3, 4, 8, 9, 12, 13, 17, -1, -1]);
const tokens = spans.length / 2;
const film = 4;

it('an answer is exported with the likeliest others, as likely as their scores say', () => {
  const values = new Float64Array(2 * tokens);
  values.set([2, 2], 0);
  values.set([1.5, 1.5], 2 * film);
  const evaluated = {
    rows: [{ id: 'q', question: 'which', context, answers: [{ text: 'film', start: 4 }] }],
    inputs: [{ ids: Int32Array.of(), typeIds: Uint8Array.of(), labels: [film, film], row: 0, spans }],
    shape: { kind: 'question-answering', label_names: [], settings: { unanswerable: true } },
    judging: { null_threshold: 1, n_best: 2 },
  };
  const [told] = predictions.of({ values, offsets: Uint32Array.of(0, values.length) }, evaluated, 'logits');
  // No answer scores 4, the film 3.
  const probability = 1 / (1 + Math.E);
  expect(told).toMatchObject({ prediction: 'film', references: ['film'], null_margin: 1 });
  expect(told?.['probability']).toBeCloseTo(probability, 12);
  expect(told?.['n_best']).toEqual([
    { text: '', probability: expect.closeTo(1 - probability, 12) },
    { text: 'film', probability: expect.closeTo(probability, 12) },
  ]);
});
