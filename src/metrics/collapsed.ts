import { computedFromClasses } from './forms/class-forms.ts';
import { computedFrom, type SetDetail } from './metric.ts';
import { labelSetScores } from './forms/scored-set.ts';

/** One prediction for every row of a set that holds several classes, or sets of labels. */
export const collapsed: SetDetail = {
  name: 'collapsed',
  computations: [
    ...computedFromClasses(({ predictions, labels }) => new Set(predictions).size === 1 && new Set(labels).size > 1),
    computedFrom(labelSetScores, ({ names, predictions, labels }) => {
      const varies = (flags: Uint8Array): boolean => flags.some((flag, i) => flag !== flags[i % names.length]);
      return !varies(predictions) && varies(labels);
    }),
  ],
};
