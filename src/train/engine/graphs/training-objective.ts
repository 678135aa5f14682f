import type { KnownGradient } from '../../../autodiff/differentiate.ts';
import { DropsweepError } from '../../../base/errors.ts';
import type { Head, HeadContext } from '../../../models/heads/heads.ts';
import type { Loss } from '../../../models/heads/losses.ts';
import type { Value } from '../../../onnx/graph.ts';
import { unary } from '../../../onnx/operators.ts';

export interface Objective {
  /** Empty where the loss never makes all logits at once. */
  readonly logits: Value;
  /** [] */
  readonly loss: Value;
  /** The gradient that backpropagation begins with. */
  readonly known: KnownGradient;
}

/**
 * The training loss of what a head reads.
 * @param read what the head's reading gives
 * @throws MODEL_UNSUPPORTED where the loss needs an output matrix that the head has not
 */
export function buildObjective(
  context: HeadContext,
  { head, loss }: { readonly head: Head; readonly loss: Loss },
  read: Value,
  labels: Value,
): Objective {
  const { b } = context;
  if (loss.reads === 'logits') {
    const logits = head.logits(context, read);
    const value = loss.build(b, logits, labels);
    return { logits, loss: value, known: { value, gradient: b.floats([1]) } };
  }
  const projection = head.projection?.(context);
  if (projection === undefined) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'this family has no head for the task', {
      where: 'task',
      got: 'a loss of each next token',
      fix: 'choose a decoder as base model for this task',
    });
  }
  const { loss: value, gradient } = loss.build(b, read, projection, labels);
  const noLogits = unary(b, 'Identity', b.floats([], [1, 1, 0]));
  return { logits: noLogits, loss: value, known: { value: read, gradient } };
}
