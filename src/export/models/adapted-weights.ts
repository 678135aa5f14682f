import { adapterMethods } from '../../adapters/adapter-methods.ts';
import type { Encoder } from '../../models/encoder.ts';
import type { FrozenWeights } from '../../models/weights/frozen-weights.ts';
import type { AdapterKind } from '../../sweep/vocabulary.ts';
import type { CheckpointState } from '../../train/checkpoints/checkpoint.ts';
import { tensorLength, tensorNamed } from '../../train/engine/graphs/trainable-layout.ts';

/** The weights that an adapter makes of its base's. */
export interface AdaptedWeights {
  /** The base's tensor with its linear's update added, or as it is; a copy, float32. */
  read(name: string, shape: readonly number[]): Float32Array;
  /** A tensor that was trained, by its name in the layout, e.g. `head.classifier.weight`. */
  trained(name: string): Float32Array;
}

/**
 * W + scale · ΔW of each adapted linear.
 * @param scale s times a stated factor
 */
export function adaptedWeights(
  { encoder, weights }: { readonly encoder: Encoder; readonly weights: FrozenWeights },
  { layout, state }: CheckpointState,
  { adapter, rank, scale }: { readonly adapter: AdapterKind; readonly rank: number; readonly scale: number },
): AdaptedWeights {
  const method = adapterMethods[adapter];
  const trained = (name: string): Float32Array => {
    const tensor = tensorNamed(layout, name);
    return state.parameters.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
  };
  const adapted = new Map(layout.modules.map((module) => [`${module.name}.weight`, module]));
  const inputsFirst = new Set(
    encoder.linears.flatMap(({ name, weightLayout }) => (weightLayout === 'in_out' ? [name] : [])),
  );
  return {
    trained,
    read(name, shape) {
      const data = weights.read(name, shape);
      const module = adapted.get(name);
      if (module !== undefined) {
        const factors = method.factors((part) => trained(`${module.name}.${part}`), rank);
        addUpdate(data, factors, { ...module, rank, scale, inputsFirst: inputsFirst.has(module.name) });
      }
      return data;
    },
  };
}

interface Update {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly rank: number;
  readonly scale: number;
  readonly inputsFirst: boolean;
}

/** weight += scale · b a, summed in float64. @param a [rank, in] @param b [out, rank] */
function addUpdate(
  weight: Float32Array,
  { a, b }: { readonly a: Float32Array; readonly b: Float32Array },
  { inFeatures, outFeatures, rank, scale, inputsFirst }: Update,
): void {
  for (let row = 0; row < outFeatures; row += 1) {
    for (let column = 0; column < inFeatures; column += 1) {
      let sum = 0;
      for (let r = 0; r < rank; r += 1) sum += (b[row * rank + r] ?? 0) * (a[r * inFeatures + column] ?? 0);
      const at = inputsFirst ? column * outFeatures + row : row * inFeatures + column;
      weight[at] = (weight[at] ?? 0) + scale * sum;
    }
  }
}
