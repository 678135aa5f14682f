import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { frozenLinear, type QuantisedMatrix } from '../../onnx/quantised-linear.ts';
import { floatProduct, type FrozenProduct, storedWeight, type WeightLookup } from '../frozen-product.ts';

/** A linear's weight in int8. */
export interface QuantisedWeight {
  /** [in, out]; null: the product is made in float32. */
  readonly forward: QuantisedMatrix | null;
  /** [out, in] */
  readonly backward: QuantisedMatrix;
}

/**
 * With an int8 gradient, each row and each column of the weight with a scale of its own; the bias in float32. Products
 * of one row for each sample stay in float32: they cost next to nothing, and all gradients go through them.
 */
export function quantisedProduct(
  b: GraphBuilder,
  weight: WeightLookup,
  quantised: (linear: string) => QuantisedWeight,
): FrozenProduct {
  const exact = floatProduct(b, weight);
  return (linear, x) => {
    if (x.shape[0] === 'batch') return exact(linear, x);
    const { forward, backward } = quantised(linear.name);
    const bias = linear.bias ? { bias: weight(`${linear.name}.bias`, [linear.outFeatures]) } : {};
    return frozenLinear(b, x, { forward: forward ?? storedWeight(weight, linear), backward, ...bias });
  };
}
