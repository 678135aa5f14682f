export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

/** To a tenth. */
export function round(value: number): number {
  return Math.round(10 * value) / 10;
}
