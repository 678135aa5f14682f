import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { multiply } from '../../onnx/operators.ts';
import type { PartValues } from '../adapter-method.ts';
import type { UpdateFactors } from '../lora/linear.ts';

/**
 * P Λ Q as a product of two factors: P is [out, rank], and Λ, which no mask ever meets, is laid on the rows of Q
 * (arXiv 2303.10512, equation 3).
 */
export function tripletFactors(builder: GraphBuilder, part: PartValues): UpdateFactors {
  // [rank, in] · [rank, 1]
  return { a: multiply(builder, part('lora_A'), part('lora_E')), b: part('lora_B') };
}
