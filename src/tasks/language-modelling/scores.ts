import { inputWeights } from '../../data/encoded-rows.ts';
import { likelihoodScores } from '../../metrics/perplexity.ts';
import type { OutputRows } from '../../sweep/output-rows.ts';
import type { EvaluatedRows, TaskScores } from '../task.ts';
import { responseTokens } from './encode.ts';

/**
 * Outputs are the log-likelihood of the token that follows each, [tokens] for each input. Averaged is the probability that
 * members give each token of a response, so that an ensemble is the mixture of its members, exactly, without the scores of
 * a whole vocabulary, which are too many to keep; its negative logarithm, the mean over all tokens of responses, is convex
 * in that. What averaged logits would give needs every score, and is not offered.
 */
export const scores: TaskScores = {
  averaged: ({ values, offsets }) => ({ values: Float64Array.from(values, Math.exp), offsets }),
  memberLoss: (outputs, evaluated) => meanLoss(outputs, evaluated, (likelihood) => -likelihood),
  loss: (mean, evaluated) => meanLoss(mean, evaluated, surprise),
  lossWeights: ({ inputs, rows }) => inputWeights(inputs, rows.length, (input) => responseTokens(input).length),
  score(mean, evaluated) {
    const ofRows = lossesByRow(mean, evaluated, surprise);
    return likelihoodScores.set({ tokens: sumOf(ofRows, 'tokens'), surprise: sumOf(ofRows, 'loss') });
  },
};

/** −log p, finite where p is 0 by rounding. */
const surprise = (probability: number): number => -Math.log(Math.max(probability, Number.MIN_VALUE));

export interface RowLoss {
  /** Sum over the tokens of its responses. */
  loss: number;
  tokens: number;
}

/** Losses of rows from averaged outputs. */
export function rowLosses(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows): readonly RowLoss[] {
  return lossesByRow(mean, evaluated, surprise);
}

function lossesByRow(
  { values, offsets }: OutputRows<Float32Array | Float64Array>,
  { inputs, rows }: EvaluatedRows,
  lossOf: (output: number) => number,
): readonly RowLoss[] {
  const found = rows.map((): RowLoss => ({ loss: 0, tokens: 0 }));
  for (const [number, input] of inputs.entries()) {
    const row = found[input.row];
    if (row === undefined) throw new RangeError(`no row ${input.row} among ${rows.length}`);
    for (const token of responseTokens(input)) {
      row.loss += lossOf(values[(offsets[number] ?? 0) + token - 1] ?? Number.NaN);
      row.tokens += 1;
    }
  }
  return found;
}

function meanLoss(
  outputs: OutputRows<Float32Array | Float64Array>,
  evaluated: EvaluatedRows,
  lossOf: (output: number) => number,
): number {
  const ofRows = lossesByRow(outputs, evaluated, lossOf);
  return sumOf(ofRows, 'loss') / Math.max(1, sumOf(ofRows, 'tokens'));
}

function sumOf(losses: readonly RowLoss[], part: keyof RowLoss): number {
  return losses.reduce((sum, row) => sum + row[part], 0);
}
