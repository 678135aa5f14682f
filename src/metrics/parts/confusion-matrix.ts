import type { ClassScores } from '../forms/scored-set.ts';

/** confusion[label][prediction] */
export type Confusion = readonly (readonly number[])[];

export function confusionOf({ predictions, labels, names }: ClassScores): Confusion {
  return confusionMatrix(predictions, labels, names.length);
}

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

/** Share of the rows on the diagonal. */
export function rightShare(confusion: Confusion): number {
  return rightRows(confusion) / rowCount(confusion);
}

export function rightRows(confusion: Confusion): number {
  return confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
}

export function rowCount(confusion: Confusion): number {
  return confusion.reduce((sum, row) => sum + row.reduce((part, count) => part + count, 0), 0);
}

/** Rows of each class, by their label. */
export function labelledRows(confusion: Confusion): readonly number[] {
  return confusion.map((row) => row.reduce((sum, value) => sum + value, 0));
}

/** Rows of each class, by their prediction. */
export function predictedRows(confusion: Confusion): readonly number[] {
  return confusion.map((_, i) => confusion.reduce((sum, row) => sum + (row[i] ?? 0), 0));
}

/** F1 of each class; null where no row has it or is predicted to. */
export function classF1s(confusion: Confusion): readonly (number | null)[] {
  const [labelled, predicted] = [labelledRows(confusion), predictedRows(confusion)];
  return confusion.map((row, index) => {
    const involved = (labelled[index] ?? 0) + (predicted[index] ?? 0);
    return involved === 0 ? null : (2 * (row[index] ?? 0)) / involved;
  });
}
