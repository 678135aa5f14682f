import type { LabelSetScores } from '../forms/scored-set.ts';

/** Decisions about one label. */
export interface LabelCounts {
  readonly hits: number;
  readonly labelled: number;
  readonly predicted: number;
}

/** In the order of the labels. */
export function labelCounts({ names, predictions, labels }: LabelSetScores): readonly LabelCounts[] {
  return names.map((_, label) => {
    let [hits, labelled, predicted] = [0, 0, 0];
    for (let i = label; i < labels.length; i += names.length) {
      const isSet = labels[i] === 1;
      const isPredicted = predictions[i] === 1;
      if (isSet && isPredicted) hits += 1;
      if (isSet) labelled += 1;
      if (isPredicted) predicted += 1;
    }
    return { hits, labelled, predicted };
  });
}

/** 0 where no row has the label and none is predicted to, as scikit-learn has it. */
export function f1Of({ hits, labelled, predicted }: LabelCounts): number {
  return labelled + predicted === 0 ? 0 : (2 * hits) / (labelled + predicted);
}
