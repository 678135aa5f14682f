import { confusionOf, labelledRows } from './parts/confusion-matrix.ts';
import { labelCounts, type LabelCounts } from './parts/label-counts.ts';
import { computedFrom, type SetDetail } from './metric.ts';
import { type ClassScores, classScores, labelSetScores } from './forms/scored-set.ts';

/** By the class's name; null of a class that no row has. */
export const recallPerClass: SetDetail = {
  name: 'recall_per_class',
  computations: [
    computedFrom(classScores, (content) => {
      const values = recalls(content);
      return Object.fromEntries(content.names.map((name, i) => [name, values[i] ?? null]));
    }),
    computedFrom(labelSetScores, (content) => {
      const counts = labelCounts(content);
      const recall = ({ hits, labelled }: LabelCounts): number | null => (labelled === 0 ? null : hits / labelled);
      return Object.fromEntries(counts.map((one, i) => [content.names[i] ?? i, recall(one)]));
    }),
  ],
};

/** In the order of the classes. */
export function recalls(content: ClassScores): readonly (number | null)[] {
  const confusion = confusionOf(content);
  return labelledRows(confusion).map((rows, i) => (rows === 0 ? null : (confusion[i]?.[i] ?? 0) / rows));
}
