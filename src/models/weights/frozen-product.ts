import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gemm } from '../../onnx/operators.ts';
import type { BlockLinear } from '../blocks/linear.ts';

/** x W0 + bias. @param x [rows, in] @returns [rows, out] */
export type FrozenProduct = (linear: BlockLinear, x: Value) => Value;

/** Frozen weights, by their names in code. */
export type WeightLookup = (name: string, shape: readonly number[]) => Value;

/** In float32, over the weight as it lies in its file. */
export function floatProduct(b: GraphBuilder, weight: WeightLookup): FrozenProduct {
  return (linear, x) => {
    const { weight: stored, transposed } = storedWeight(weight, linear);
    const addend = linear.bias ? { c: weight(`${linear.name}.bias`, [linear.outFeatures]) } : {};
    return gemm(b, x, stored, { transB: transposed, ...addend });
  };
}

/** [out, in], transposed, or [in, out] */
export function storedWeight(
  weight: WeightLookup,
  { name, inFeatures, outFeatures, weightLayout }: BlockLinear,
): { readonly weight: Value; readonly transposed: boolean } {
  const transposed = weightLayout !== 'in_out';
  const shape = transposed ? [outFeatures, inFeatures] : [inFeatures, outFeatures];
  return { weight: weight(`${name}.weight`, shape), transposed };
}
