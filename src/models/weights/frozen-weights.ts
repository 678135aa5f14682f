import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';

/** A model's frozen weights, by their names in code: places in files, mapped from there, never copied. */
export interface FrozenWeights {
  /** Names of the model's own files that they lie in. */
  readonly files: readonly string[];
  has(name: string): boolean;
  /** How a tensor is stored; null: it is not there. */
  shapeOf(name: string): readonly number[] | null;
  /** Every float tensor. */
  all(): readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** The weight as a value of the graph. @throws WEIGHTS_INVALID naming a tensor that is missing or mis-shaped */
  value(b: GraphBuilder, name: string, shape: readonly number[]): Value;
  /** The weight's elements, for tensors that are trained. */
  read(name: string, shape: readonly number[]): Float32Array;
  /** Writes what the graph's weights lie in besides the model's own files; before a session opens. */
  complete(graphFolder: string): Promise<void>;
}
