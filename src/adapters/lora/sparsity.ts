import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, gemm, multiply, reduce } from '../../onnx/operators.ts';
import type { UpdateFactors } from './linear.ts';

/**
 * Σ ‖s·BA‖²_F over modules, by tr((BᵀB)(AAᵀ)): r × r work only (arXiv 2404.09610, equation 9, where E_d‖d∘Δθ‖² with
 * d ~ Bernoulli(2p − p²) is (2p − p²)‖Δθ‖²).
 * @param modules a [rank, in], b [out, rank]
 * @param scale s
 * @returns shape []
 */
export function sumOfSquaredUpdates(builder: GraphBuilder, modules: readonly UpdateFactors[], scale: number): Value {
  const terms = modules.map(({ a, b }) => {
    const outer = gemm(builder, b, b, { transA: true }); // [rank, rank]
    const inner = gemm(builder, a, a, { transB: true }); // [rank, rank]
    return reduce(builder, 'ReduceSum', multiply(builder, outer, inner), [0, 1], 'drop');
  });
  const total = terms.reduce((sum, term) => add(builder, sum, term), builder.floats([0]));
  return multiply(builder, total, builder.floats([scale * scale]));
}
