import { negativeLogLikelihoods, softmax } from '../../evaluate/softmax.ts';
import { choiceScores } from '../../metrics/forms/choice-scores.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { Aggregate, EvaluatedRows, TaskScores } from '../task.ts';
import { mean } from '../mean.ts';
import { thawQuestion } from './rows.ts';

type Outputs = OutputRows<Float32Array | Float64Array>;

/**
 * What each letter scores as the next token, of as many letters as the question has choices: up to a constant its
 * log-likelihood. These are averaged, or the probabilities among the letters; the negative log-likelihood of the right one
 * among them is convex in either.
 */
export const scores: TaskScores = {
  averaged: (outputs, aggregate) =>
    aggregate === 'logits' ? outputs : { values: letterProbabilities(outputs), offsets: outputs.offsets },
  memberLoss: (outputs, evaluated) => mean(logitLosses(outputs, evaluated)),
  loss(outputs, evaluated, aggregate) {
    if (aggregate === 'logits') return mean(logitLosses(outputs, evaluated));
    return mean(
      ofRows(outputs).map((values, row) => {
        const right = values[rightOf(evaluated, row)] ?? 0;
        return -Math.log(Math.max(right, Number.MIN_VALUE));
      }),
    );
  },
  score(outputs, evaluated, aggregate) {
    const names = evaluated.shape.label_names;
    const rows = choiceProbabilities(outputs, aggregate);
    const probabilities = new Float64Array(rows.length * names.length);
    for (const [row, values] of rows.entries()) probabilities.set(values, row * names.length);
    return choiceScores.set({
      names,
      probabilities,
      predictions: rows.map(largest),
      labels: evaluated.inputs.map((_, row) => rightOf(evaluated, row)),
      choices: rows.map(({ length }) => length),
      subjects: evaluated.inputs.map(({ row }) => thawQuestion(evaluated.rows[row] ?? {}).subject),
    });
  },
};

/** The probabilities of each question's choices, as averaged outputs give them. */
export function choiceProbabilities(outputs: Outputs, aggregate: Aggregate): readonly Float64Array[] {
  return ofRows(outputs).map((values) =>
    aggregate === 'logits' ? softmax(values, values.length) : Float64Array.from(values),
  );
}

/** The first of the likeliest. */
export function largest(values: Float64Array): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? 0) ? index : best), 0);
}

function letterProbabilities(outputs: Outputs): Float64Array {
  const found = new Float64Array(outputs.values.length);
  for (const [row, values] of ofRows(outputs).entries())
    found.set(softmax(values, values.length), outputs.offsets[row] ?? 0);
  return found;
}

function logitLosses(outputs: Outputs, evaluated: EvaluatedRows): readonly number[] {
  return ofRows(outputs).map(
    (values, row) => negativeLogLikelihoods(values, values.length, [rightOf(evaluated, row)])[0] ?? Number.NaN,
  );
}

function rightOf({ inputs }: EvaluatedRows, input: number): number {
  return inputs[input]?.labels[0] ?? Number.NaN;
}

function ofRows({ values, offsets }: Outputs): readonly (Float32Array | Float64Array)[] {
  return Array.from({ length: offsets.length - 1 }, (_, row) => values.subarray(offsets[row], offsets[row + 1]));
}
