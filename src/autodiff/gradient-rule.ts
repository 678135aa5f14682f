import type { Node, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

export interface RuleContext {
  readonly b: GraphBuilder;
  readonly node: Node;
  /** Gradient of each output; null: nothing that is differentiated depends on it. */
  readonly outputGradients: readonly (Value | null)[];
  /** Whether anybody asks for the gradient of an input: nothing is computed that nobody asked for. */
  readonly wants: (input: number) => boolean;
}

/** One gradient per input, or null. A gradient may still have the output's shape: the walk undoes broadcasting. */
export type GradientRule = (context: RuleContext) => readonly (Value | null)[];

/** The n-th input, which the operator cannot do without. */
export function inputOf({ node }: RuleContext, index: number): Value {
  const value = node.inputs[index];
  if (value === null || value === undefined) throw new Error(`${node.name} lacks its input ${index}`);
  return value;
}

export function outputOf({ node }: RuleContext, index: number): Value {
  const value = node.outputs[index];
  if (value === undefined) throw new Error(`${node.name} lacks its output ${index}`);
  return value;
}

/** Gradient of the first output. */
export function gradientOf(context: RuleContext): Value {
  const gradient = context.outputGradients[0];
  if (gradient === null || gradient === undefined)
    throw new Error(`${context.node.name} has no gradient of its output`);
  return gradient;
}
