import { DropsweepError } from '../../base/errors.ts';
import { type Head, type HeadLinear, type HeadTask, firstTokenHead, spanHead } from '../heads.ts';
import { meanPooledHead } from '../mean-pooled-head.ts';
import type { Activation } from './activations.ts';

/** An encoder's head for a task: span scores, or over the mean of the tokens or `ofSamples` for classes and targets. @throws MODEL_UNSUPPORTED */
export function encoderHead(task: HeadTask, hidden: number, ofSamples: () => Head): Head {
  const { kind } = task;
  if (kind === 'question_answering') return spanHead(hidden);
  if (kind !== 'causal_language_modelling')
    return task.pooling === 'mean' ? meanPooledHead(task.labels, hidden) : ofSamples();
  throw new DropsweepError('MODEL_UNSUPPORTED', 'an encoder has no language-model head', {
    where: 'task',
    got: kind,
    expected: 'classification, regression or question_answering',
    fix: 'choose a decoder as the base, or another task',
  });
}

/** Two trainable linears over the first token, as most families after BERT have it. */
export function twoLinearHead(inner: HeadLinear, outerName: string, labels: number, activation: Activation): Head {
  const outer = { name: outerName, inFeatures: inner.outFeatures, outFeatures: labels };
  return firstTokenHead([inner, outer], activation);
}
