import { inputWeights } from '../../data/encoded-rows.ts';
import { type AnswerSet, answerScores } from '../../metrics/forms/answers.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { Aggregate, EvaluatedRows, TaskScores } from '../task.ts';
import { judge } from './judge.ts';

/**
 * Start and end logits of each token are averaged window by window, before any span is sought; or their probabilities,
 * each over the window's tokens. The loss is half the start's negative log-likelihood plus half the end's, the mean over
 * the windows, and convex in either. Outputs are [tokens, 2] for each window.
 */
export const scores: TaskScores = {
  averaged(outputs, aggregate) {
    return aggregate === 'logits'
      ? outputs
      : { values: logProbabilities(outputs).map(Math.exp), offsets: outputs.offsets };
  },
  memberLoss: (outputs, evaluated) => meanLoss(logProbabilities(outputs), outputs.offsets, evaluated),
  loss: (mean, evaluated, aggregate) => meanLoss(logarithms(mean, aggregate), mean.offsets, evaluated),
  lossWeights: ({ inputs, rows }) => inputWeights(inputs, rows.length, () => 1),
  settled(mean, evaluated, aggregate) {
    if (evaluated.judging?.['null_threshold'] !== 'fitted') return evaluated;
    const { threshold } = answersOf(mean, evaluated, aggregate);
    return threshold === null
      ? evaluated
      : { ...evaluated, judging: { ...evaluated.judging, null_threshold: threshold } };
  },
  score: (mean, evaluated, aggregate) => answerScores.set(answersOf(mean, evaluated, aggregate)),
};

/** The answers that averaged outputs give. */
export function answersOf(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows, aggregate: Aggregate): AnswerSet {
  return judge(spanScores(mean, aggregate), evaluated);
}

/** Sums of logits rank spans of one window as their log-likelihoods do, and compare windows as run_qa does. */
export function spanScores(mean: OutputRows<Float64Array>, aggregate: Aggregate): OutputRows<Float64Array> {
  return { values: aggregate === 'logits' ? mean.values : logarithms(mean, aggregate), offsets: mean.offsets };
}

function logarithms(mean: OutputRows<Float64Array>, aggregate: Aggregate): Float64Array {
  if (aggregate === 'logits') return logProbabilities(mean);
  return mean.values.map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
}

/** Log-softmax over the tokens of each row, starts and ends apart. */
function logProbabilities({ values, offsets }: OutputRows<Float32Array | Float64Array>): Float64Array {
  const out = new Float64Array(values.length);
  for (let row = 0; row + 1 < offsets.length; row += 1) {
    const [first = 0, end = 0] = offsets.subarray(row, row + 2);
    for (const column of [0, 1]) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = first + column; i < end; i += 2) largest = Math.max(largest, values[i] ?? 0);
      let sum = 0;
      for (let i = first + column; i < end; i += 2) sum += Math.exp((values[i] ?? 0) - largest);
      const logSum = largest + Math.log(sum);
      for (let i = first + column; i < end; i += 2) out[i] = (values[i] ?? 0) - logSum;
    }
  }
  return out;
}

function meanLoss(logs: Float64Array, offsets: Uint32Array, { inputs }: EvaluatedRows): number {
  let sum = 0;
  for (const [row, { labels }] of inputs.entries()) {
    const first = offsets[row] ?? 0;
    const [start = 0, end = 0] = labels;
    sum -= ((logs[first + 2 * start] ?? Number.NaN) + (logs[first + 2 * end + 1] ?? Number.NaN)) / 2;
  }
  return sum / inputs.length;
}
