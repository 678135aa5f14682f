import { floatAttribute, intAttribute } from '../../onnx/graph.ts';
import { batchedProduct, gemm } from '../../onnx/operators.ts';
import { quantisedProduct } from '../../onnx/rewrites/quantised-linear.ts';
import { type GradientRule, gradientOf, inputOf } from '../gradient-rule.ts';

/** Y = α·op(A)·op(B) + C:  d op(A) = α·dY·op(B)ᵀ, d op(B) = α·op(A)ᵀ·dY, dC = dY */
export const gemmRule: GradientRule = (context) => {
  const { b, node, wants } = context;
  const dY = gradientOf(context);
  const [a, w] = [inputOf(context, 0), inputOf(context, 1)];
  const transA = intAttribute(node, 'transA', 0) === 1;
  const transB = intAttribute(node, 'transB', 0) === 1;
  const alpha = floatAttribute(node, 'alpha', 1);
  const dA = () =>
    transA ? gemm(b, w, dY, { transA: transB, transB: true, alpha }) : gemm(b, dY, w, { transB: !transB, alpha });
  const dB = () =>
    transB ? gemm(b, dY, a, { transA: true, transB: transA, alpha }) : gemm(b, a, dY, { transA: !transA, alpha });
  return [wants(0) ? dA() : null, wants(1) ? dB() : null, dY];
};

/** As gemmRule, over the last two axes of equal leading ones. */
export const batchedProductRule: GradientRule = (context) => {
  const { b, node, wants } = context;
  const dY = gradientOf(context);
  const [x, y] = [inputOf(context, 0), inputOf(context, 1)];
  const transA = intAttribute(node, 'transA', 0) === 1;
  const transB = intAttribute(node, 'transB', 0) === 1;
  const alpha = floatAttribute(node, 'alpha', 1);
  const dX = () =>
    transA
      ? batchedProduct(b, y, dY, { transA: transB, transB: true, alpha })
      : batchedProduct(b, dY, y, { transB: !transB, alpha });
  const dYInput = () =>
    transB
      ? batchedProduct(b, dY, x, { transA: true, transB: transA, alpha })
      : batchedProduct(b, x, dY, { transA: !transA, alpha });
  return [wants(0) ? dX() : null, wants(1) ? dYInput() : null];
};

/** y = x · W + bias, W in int8 for the gradient alone: dX = dY · Wᵀ */
export const frozenLinearRule: GradientRule = (context) => {
  const backward = { elements: inputOf(context, 4), scales: inputOf(context, 5) };
  return [quantisedProduct(context.b, gradientOf(context), backward)];
};
