import type { ExternalData } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { FrozenProduct, WeightLookup } from './frozen-product.ts';

/** The frozen linears' weights in another precision than float32, in a file of our own or in the model's. */
/** Weights that can be converted: those of a folder, or what its config.json tells of them. */
export interface ConvertibleWeights {
  /** How a tensor's elements are stored: F32, F16 or BF16. @throws WEIGHTS_INVALID */
  typeOf(name: string, shape: readonly number[]): string;
  /** Where the elements lie as they are stored. @throws WEIGHTS_INVALID */
  place(name: string, shape: readonly number[]): ExternalData;
  read(name: string, shape: readonly number[]): Float32Array;
  /** Changes when a file of the weights does. */
  readonly version: string;
}

export interface ConvertedWeights {
  /** Whether its products lose small gradients, so that the loss is scaled while they are taken back. */
  readonly scalesLoss: boolean;
  /**
   * Products with them, in the graph or in any of its branches.
   * @param outer where each weight is declared, once
   */
  products(outer: GraphBuilder, weight: WeightLookup): (b: GraphBuilder) => FrozenProduct;
  /** Into the folder of the graph; before a session opens. @throws WEIGHTS_INVALID naming a weight that does not fit */
  write(folder: string): Promise<void>;
}

/** Makes a thing once for each name. */
export function once<Thing>(make: (name: string) => Thing): (name: string) => Thing {
  const made = new Map<string, Thing>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    return known;
  };
}
