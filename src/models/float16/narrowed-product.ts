import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, castFloat, gemm } from '../../onnx/operators.ts';
import type { FrozenProduct, WeightLookup } from '../weights/frozen-product.ts';

/**
 * x and the product in float16, the bias in float32 after it; by the rules of Cast and Gemm the gradient is such a
 * product too. Against weights in float32 it is made in float32, with operand and result rounded as float16 has them.
 * @param narrowed a linear's weight as it lies in its file, of numbers that float16 has
 */
export function narrowedProduct(
  b: GraphBuilder,
  weight: WeightLookup,
  narrowed: (linear: string) => Value,
): FrozenProduct {
  return (linear, x) => {
    const stored = narrowed(linear.name);
    const rounded = castFloat(b, x, 'float16');
    const operand = stored.type === 'float16' ? rounded : castFloat(b, rounded, 'float');
    const product = gemm(b, operand, stored, { transB: linear.weightLayout !== 'in_out' });
    const result = product.type === 'float16' ? product : castFloat(b, product, 'float16');
    const y = castFloat(b, result, 'float');
    return linear.bias ? add(b, y, weight(`${linear.name}.bias`, [linear.outFeatures])) : y;
  };
}
