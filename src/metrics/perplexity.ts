import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { scoredForm } from './forms/scored-set.ts';

/** Tokens that a model was to foretell, and how it did. */
export const likelihoodScores = scoredForm<{
  readonly tokens: number;
  /** Σ −log p over the tokens. */
  readonly surprise: number;
}>('likelihoods');

export const perplexity: Metric = {
  name: 'perplexity',
  heading: 'perplexity',
  direction: 'minimize',
  range: [1, Infinity],
  format: formatScore,
  computations: [
    computedFrom(likelihoodScores, ({ tokens, surprise }) => (tokens === 0 ? null : Math.exp(surprise / tokens))),
  ],
  over: 'corpus',
  gap: 'maximize',
  sentence: 'exp of the mean negative log-likelihood over all tokens of responses',
};
