import type { Value } from '../../src/onnx/graph.ts';
import type { GraphBuilder } from '../../src/onnx/graph-builder.ts';

/** One use of an operator whose gradient rule is checked. */
export interface RuleCase {
  readonly operator: string;
  readonly what: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (b: GraphBuilder, ...inputs: Value[]) => Value;
}

export function never(): never {
  throw new Error('the case has too few shapes');
}
