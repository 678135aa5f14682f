/**
 * Holm's step-down correction: probabilities after so many comparisons, in the order given. One below 1 − level tells
 * two apart although all of them were looked at. Source: Holm 1979.
 * @param probabilities each in [0, 1]
 */
export function holm(probabilities: readonly number[]): readonly number[] {
  const count = probabilities.length;
  const order = probabilities.map((probability, index) => ({ probability, index }));
  order.sort((a, b) => a.probability - b.probability);
  const corrected = probabilities.map(() => 1);
  let least = 0;
  for (const [rank, { probability, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, probability * (count - rank)));
    corrected[index] = least;
  }
  return corrected;
}
