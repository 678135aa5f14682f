import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { frozenLinear, type QuantisedMatrix } from '../../onnx/rewrites/quantised-linear.ts';
import { floatProduct, type FrozenProduct, storedWeight, type WeightLookup } from '../weights/frozen-product.ts';

/** A linear's weight in int8. */
export interface QuantisedWeight {
  /** [in, out]; null: the product is made in float32. */
  readonly forward: QuantisedMatrix | null;
  /** [out, in] */
  readonly backward: QuantisedMatrix;
}

/**
 * With an int8 gradient, each row and each column of the weight with a scale of its own; the bias in float32. In float32
 * stay products of one row for each sample, which cost next to nothing and which all gradients go through, and where
 * the forward pass is float32 the widening linears': what comes back through an activation has few large values in a
 * row and many small ones, which int8 rounds by 2 to 6 %, three times as much as elsewhere.
 */
export function quantisedProduct(
  b: GraphBuilder,
  weight: WeightLookup,
  quantised: (linear: string) => QuantisedWeight,
): FrozenProduct {
  const exact = floatProduct(b, weight);
  return (linear, x) => {
    const { forward, backward } = quantised(linear.name);
    const widens = linear.outFeatures > linear.inFeatures;
    if (x.shape[0] === 'batch' || (widens && forward === null)) return exact(linear, x);
    const bias = linear.bias ? { bias: weight(`${linear.name}.bias`, [linear.outFeatures]) } : {};
    return frozenLinear(b, x, { forward: forward ?? storedWeight(weight, linear), backward, ...bias });
  };
}
