export function meanSquaredError(predictions: ArrayLike<number>, targets: readonly number[]): number {
  return targets.reduce((sum, target, i) => sum + ((predictions[i] ?? 0) - target) ** 2, 0) / targets.length;
}
