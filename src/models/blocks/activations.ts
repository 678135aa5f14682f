import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gelu, multiply, tanhGelu, unary } from '../../onnx/operators.ts';

export type Activation = (b: GraphBuilder, x: Value) => Value;

const silu: Activation = (b, x) => multiply(b, x, unary(b, 'Sigmoid', x));

/** By transformers' names; some functions have two. */
export const activations = {
  silu,
  swish: silu,
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
  'swish',
  'relu',
  'tanh',
  'gelu',
  'gelu_new',
  'gelu_pytorch_tanh',
] as const satisfies ActivationName[];
