/**
 * Holm's step-down correction: probabilities after so many comparisons, in the order given. One below 1 − level tells
 * two apart although all of them were looked at. Source: Holm 1979.
 * @param probabilities each in [0, 1]; null: nothing was tested, which is no comparison
 */
export function holm(probabilities: readonly number[]): readonly number[];
export function holm(probabilities: readonly (number | null)[]): readonly (number | null)[];
export function holm(probabilities: readonly (number | null)[]): readonly (number | null)[] {
  const order = probabilities.flatMap((probability, index) => (probability === null ? [] : [{ probability, index }]));
  order.sort((a, b) => a.probability - b.probability);
  const corrected = probabilities.map((probability): number | null => (probability === null ? null : 1));
  let least = 0;
  for (const [rank, { probability, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, probability * (order.length - rank)));
    corrected[index] = least;
  }
  return corrected;
}
