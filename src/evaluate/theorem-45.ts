/**
 * Float tolerance of the inequality, relative to the members' mean loss: both sides are float64 sums of the same
 * float32 logits, so they may cross by rounding alone, a few units of 2^-52 per row and member.
 */
export const THEOREM_45_TOLERANCE = 1e-9;

/**
 * Theorem 4.5 of arXiv 2404.09610 (Jensen): for a loss convex in the output, the averaged output's loss is at most the
 * mean of the members' own. Holds for cross-entropy of mean logits or mean probabilities and for squared error, so a
 * violation is a defect of this program.
 * @throws Error when it does not hold
 */
export function assertTheorem45(aggregatedLoss: number, meanMemberLoss: number): void {
  if (aggregatedLoss <= meanMemberLoss + THEOREM_45_TOLERANCE * (1 + Math.abs(meanMemberLoss))) return;
  throw new Error(`Theorem 4.5 is violated: ensemble loss ${aggregatedLoss} > mean member loss ${meanMemberLoss}`);
}
