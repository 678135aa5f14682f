/**
 * The share of the peak learning rate at a step: a linear rise over `warmupFraction` of the steps, then a linear fall
 * that would reach zero one step after the last: min((i+1)/(w·S), max(0, (S−i)/(S·(1−w)))). Where w·S is no whole
 * number, the step at the crossing lies above 1 by at most 1/(w·S), as in the PyTorch program this is compared with.
 * @param step i, from 0
 * @param totalSteps S, of the whole training, not of a rung
 * @param warmupFraction w in [0, 1]
 */
export function learningRateFactor(step: number, totalSteps: number, warmupFraction: number): number {
  const rise = warmupFraction > 0 ? (step + 1) / (warmupFraction * totalSteps) : Number.POSITIVE_INFINITY;
  const fall =
    warmupFraction < 1 ? (totalSteps - step) / (totalSteps * (1 - warmupFraction)) : Number.POSITIVE_INFINITY;
  return Math.min(rise, Math.max(0, fall));
}
