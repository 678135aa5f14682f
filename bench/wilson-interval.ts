/** The normal distribution's 0.975 quantile. */
const Z_95 = 1.959963984540054;

/**
 * Wilson's interval of a share, for instance an accuracy: unlike mean ± z·se it stays within [0, 1] and does not
 * shrink to nothing at the ends.
 * @param share in [0, 1]
 * @param count rows it was measured on, at least 1
 */
export function wilsonInterval(share: number, count: number, z: number = Z_95): { lower: number; upper: number } {
  const scale = 1 + z ** 2 / count;
  const centre = (share + z ** 2 / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}

/** sqrt(a(1−a)/n), the standard error of an accuracy. */
export function accuracyStandardError(share: number, count: number): number {
  return Math.sqrt((share * (1 - share)) / count);
}
