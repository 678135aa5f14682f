/** A tenth of a unit: what is beyond is not seen. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A path with tenths of a unit. */
export function rounded(path: string): string {
  return path.replaceAll(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => short(Number(number)));
}
