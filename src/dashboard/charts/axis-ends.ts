/** The ends of an axis in as many digits as tell them apart: two that are not the same never read the same. */
export function axisEnds(
  { low, high }: { readonly low: number; readonly high: number },
  format: (value: number) => string,
): readonly [string, string] {
  const labels = [format(low), format(high)] as const;
  if (low === high || labels[0] !== labels[1]) return labels;
  for (let digits = 4; digits < 17; digits += 1) {
    const longer = [low.toPrecision(digits), high.toPrecision(digits)] as const;
    if (longer[0] !== longer[1]) return longer;
  }
  return [String(low), String(high)];
}
