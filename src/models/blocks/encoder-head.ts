import { DropsweepError } from '../../base/errors.ts';
import { type Head, type HeadLinear, type HeadTask, firstTokenHead, tokenHead } from '../heads/heads.ts';
import { meanPooledHead } from '../heads/mean-pooled-head.ts';
import type { Activation } from './activations.ts';

/** An encoder's head: of each token, or of each sample over the mean of its tokens or as the family has it. @throws MODEL_UNSUPPORTED */
export function encoderHead(task: HeadTask, hidden: number, ofSamples: (outputs: number) => Head): Head {
  if (task.of === 'tokens') return tokenHead(task, hidden);
  if (task.of === 'samples')
    return task.pooling === 'mean' ? meanPooledHead(task.outputs, hidden) : ofSamples(task.outputs);
  throw new DropsweepError('MODEL_UNSUPPORTED', 'an encoder has no language-model head', {
    where: 'task',
    got: 'scores of the next token',
    expected: 'a task of samples or of their tokens',
    fix: 'choose a decoder as the base, or another task',
  });
}

/** Two trainable linears over the first token, as most families after BERT have it. */
export function twoLinearHead(inner: HeadLinear, outerName: string, labels: number, activation: Activation): Head {
  const outer = { name: outerName, inFeatures: inner.outFeatures, outFeatures: labels };
  return firstTokenHead([inner, outer], activation);
}
