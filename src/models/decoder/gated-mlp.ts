import type { Value } from '../../onnx/graph.ts';
import { multiply } from '../../onnx/operators.ts';
import type { EncoderContext } from '../encoder.ts';
import { type ActivationName, activations } from '../blocks/activations.ts';
import { applyLinear, type BlockLinear } from '../blocks/linear.ts';

export interface GatedMlp {
  readonly gate: BlockLinear;
  readonly up: BlockLinear;
  readonly down: BlockLinear;
  readonly activation: ActivationName;
}

/** down(act(gate(x)) ∘ up(x)) (arXiv 2002.05202); SwiGLU where the activation is SiLU. @param x [rows, hidden] */
export function gatedMlp(context: EncoderContext, mlp: GatedMlp, x: Value): Value {
  const gated = activations[mlp.activation](context.b, applyLinear(context, mlp.gate, x));
  return applyLinear(context, mlp.down, multiply(context.b, gated, applyLinear(context, mlp.up, x)));
}
