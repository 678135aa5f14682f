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

/** confusion[label][prediction] */
export function confusionMatrix(
  predictions: readonly number[],
  labels: readonly number[],
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const [i, label] of labels.entries()) {
    const row = matrix[label];
    const prediction = predictions[i];
    if (row !== undefined && prediction !== undefined) row[prediction] = (row[prediction] ?? 0) + 1;
  }
  return matrix;
}

export function accuracy(confusion: readonly (readonly number[])[]): number {
  const right = confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  return right / total(confusion);
}

/** F1 of the second class where there are two (it counts as the positive one); else the mean over classes. */
export function f1(confusion: readonly (readonly number[])[]): number {
  const scores = confusion.map((_, i) => classF1(confusion, i));
  return scores.length === 2 ? (scores[1] ?? 0) : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function classF1(confusion: readonly (readonly number[])[], index: number): number {
  const hits = confusion[index]?.[index] ?? 0;
  const labelled = (confusion[index] ?? []).reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0);
  return labelled + predicted === 0 ? 0 : (2 * hits) / (labelled + predicted);
}

/** Matthews' correlation for any number of classes (Gorodkin 2004); 0 where labels or predictions are all alike. */
export function matthews(confusion: readonly (readonly number[])[]): number {
  const count = total(confusion);
  const right = confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  const labelled = confusion.map((row) => row.reduce((sum, value) => sum + value, 0));
  const predicted = confusion.map((_, i) => confusion.reduce((sum, row) => sum + (row[i] ?? 0), 0));
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  const spread = Math.sqrt(count ** 2 - dot(predicted, predicted)) * Math.sqrt(count ** 2 - dot(labelled, labelled));
  return spread === 0 ? 0 : (right * count - dot(labelled, predicted)) / spread;
}

function total(confusion: readonly (readonly number[])[]): number {
  return confusion.reduce((sum, row) => sum + row.reduce((part, count) => part + count, 0), 0);
}
