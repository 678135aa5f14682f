/** A score in [−1, 1] or a loss: four significant places, at most seven columns. */
export function formatScore(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 100_000) return value.toExponential(1);
  if (magnitude >= 1000) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(2);
  return value.toFixed(4);
}

/** Any number in three significant digits: 12.3, 0.00456, 1044, 7.8e-9, 1.2e8. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 100_000 || magnitude < 0.001) return value.toExponential(1).replace('e+', 'e');
  return magnitude >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `48.1`, of seconds. */
export function formatSeconds(value: number): string {
  return value.toFixed(1);
}

/** Of a scale that nobody here knows: as a score, but for what would read as 0. */
export function formatMeasured(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? formatNumber(value) : formatScore(value);
}
