import type { TheoryConstants } from '../train/process/trainer-protocol.ts';

/** The largest that a training met in any step. */
export interface TrainingExtremes {
  /** Loss of a batch, without penalties. */
  readonly loss: number;
  /** Norm of a step's gradient, before it was clipped. */
  readonly gradientNorm: number;
}

/**
 * The constants as a training gives cause to estimate them: C its largest loss of a batch and η its largest norm of a
 * gradient, where these are above the probe's. Λ_min and λ₀ are the probe's.
 */
export function estimatedConstants(probed: TheoryConstants, met: TrainingExtremes): TheoryConstants {
  return {
    ...probed,
    loss_bound: Math.max(probed.loss_bound, met.loss),
    lipschitz: Math.max(probed.lipschitz, met.gradientNorm),
  };
}

/**
 * The second term of Theorem 4.4 (arXiv 2404.09610): sqrt((C² + 24Cη² / (Λ_min + 2(λ₀+λ)(2p−p²))) / (2nδ)). It falls
 * as p and λ grow. A proxy for ranking configurations, not a certificate: the constants are estimates. Differs from
 * the paper in λ₀, the curvature-based strength that dropout itself has where the loss holds no penalty of its own
 * (docs/complexity.md); without it, p would not appear at λ = 0.
 * @param dropoutRate p in [0, 1)
 * @param sparsity λ ≥ 0
 */
export function complexity(dropoutRate: number, sparsity: number, constants: TheoryConstants): number {
  const { loss_bound: bound, lipschitz, hessian_minimum: hessianMinimum, confidence, train_rows: rows } = constants;
  const strength = (constants.implicit_sparsity ?? 0) + sparsity;
  const curvature = hessianMinimum + 2 * strength * (2 * dropoutRate - dropoutRate ** 2);
  return Math.sqrt((bound ** 2 + (24 * bound * lipschitz ** 2) / curvature) / (2 * rows * confidence));
}
