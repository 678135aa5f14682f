import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gelu, multiply, tanhGelu, unary } from '../../onnx/operators.ts';

/** By transformers' names. */
export const activations = {
  silu: (b: GraphBuilder, x: Value): Value => multiply(b, x, unary(b, 'Sigmoid', x)),
  gelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
} as const;

export type ActivationName = keyof typeof activations;

export const activationNames = ['silu', 'gelu', 'gelu_new', 'gelu_pytorch_tanh'] as const satisfies ActivationName[];
