import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, gemm, multiply, reshape } from '../../onnx/operators.ts';
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
 * A mask over ranks is laid on A's rows: B (m_R ∘ (A x)). The masks are laid on A's columns and B's rows: the same product, on r·(in + out) elements instead of tokens·(in + out).
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
  const columns = multiply(builder, a, masks.input); // [rank, in]
  const maskedA = masks.rank === undefined ? columns : multiply(builder, columns, columnOf(builder, masks.rank));
  const rows = columnOf(builder, multiply(builder, masks.output, scale)); // [out, 1]
  const maskedB = multiply(builder, b, rows); // [out, rank]
  const whole = gemm(builder, x, maskedA, { transB: true }); // [tokens, rank]
  const hidden = masks.ofHidden?.(whole) ?? whole;
  if (masks.ofUpdate === undefined) return gemm(builder, hidden, maskedB, { transB: true, c: y });
  return add(builder, y, masks.ofUpdate(gemm(builder, hidden, maskedB, { transB: true })));
}

/** [n] as [n, 1] */
function columnOf(builder: GraphBuilder, vector: Value): Value {
  return reshape(builder, vector, [...vector.shape, 1]);
}
