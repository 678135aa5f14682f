import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gelu, multiply, tanhGelu, unary } from '../../onnx/operators.ts';

export type Activation = (b: GraphBuilder, x: Value) => Value;

/** By transformers' names. */
export const activations = {
  silu: (b: GraphBuilder, x: Value): Value => multiply(b, x, unary(b, 'Sigmoid', x)),
  relu: (b: GraphBuilder, x: Value): Value => unary(b, 'Relu', x),
  tanh: (b: GraphBuilder, x: Value): Value => unary(b, 'Tanh', x),
  gelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
} as const;

export type ActivationName = keyof typeof activations;

/** In the order that messages list them. */
export const activationNames = [
  'silu',
  'relu',
  'tanh',
  'gelu',
  'gelu_new',
  'gelu_pytorch_tanh',
] as const satisfies ActivationName[];
