import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, gemm, reduce, subtract } from '../../onnx/operators.ts';
import type { PartValues } from '../adapter-method.ts';

/**
 * Σ ‖QQᵀ − I‖²_F + ‖PᵀP − I‖²_F over modules (arXiv 2303.10512, equation 4). PEFT takes the mean of the norms, not
 * squared, instead.
 * @returns shape []
 */
export function orthogonalityPenalty(builder: GraphBuilder, modules: readonly PartValues[]): Value {
  const terms = modules.flatMap((part) => {
    const [q, p] = [part('lora_A'), part('lora_B')];
    return [gemm(builder, q, q, { transB: true }), gemm(builder, p, p, { transA: true })]; // [rank, rank]
  });
  return terms.reduce(
    (sum, product) => add(builder, sum, squaredDistanceToIdentity(builder, product)),
    builder.floats([0]),
  );
}

function squaredDistanceToIdentity(builder: GraphBuilder, product: Value): Value {
  const rank = Number(product.shape[0]);
  const identity = Array.from({ length: rank * rank }, (_, index) => (index % (rank + 1) === 0 ? 1 : 0));
  const difference = subtract(builder, product, builder.floats(identity, [rank, rank]));
  return reduce(builder, 'ReduceSumSquare', difference, [0, 1], 'drop');
}
