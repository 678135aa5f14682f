import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { gemm, multiply, reshape } from '../../onnx/operators.ts';
import type { MaskValues } from '../adapter-method.ts';

/** ΔW = s·BA in a graph. */
export interface UpdateFactors {
  /** [rank, in] */
  readonly a: Value;
  /** [out, rank] */
  readonly b: Value;
}

/**
 * y + s · m_B ∘ (B (A (m_A ∘ x))) for a linear's output y = W0 x + bias (arXiv 2404.09610, equation 5, with LoRA's s).
 * The masks are laid on A's columns and B's rows: the same product, on r·(in + out) elements instead of tokens·(in + out).
 * @param x [tokens, in]
 * @param y [tokens, out]
 * @param scale s, or s times a stated factor; shape []
 */
export function addLoraUpdate(
  builder: GraphBuilder,
  x: Value,
  y: Value,
  { a, b }: UpdateFactors,
  masks: MaskValues,
  scale: Value,
): Value {
  const maskedA = multiply(builder, a, masks.input); // [rank, in]
  const rows = reshape(builder, multiply(builder, masks.output, scale), [...masks.output.shape, 1]); // [out, 1]
  const maskedB = multiply(builder, b, rows); // [out, rank]
  const hidden = gemm(builder, x, maskedA, { transB: true }); // [tokens, rank]
  return gemm(builder, hidden, maskedB, { transB: true, c: y });
}
