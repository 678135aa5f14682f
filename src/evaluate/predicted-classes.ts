/** Class with the largest score per row; the first of equals. @param scores [rows, classes] */
export function predictedClasses(scores: Float64Array, classes: number): number[] {
  return Array.from({ length: scores.length / classes }, (_, row) => {
    let best = 0;
    for (let i = 1; i < classes; i += 1) {
      if ((scores[row * classes + i] ?? 0) > (scores[row * classes + best] ?? 0)) best = i;
    }
    return best;
  });
}
