import { choiceScores, subjectAccuracies } from './forms/choice-scores.ts';
import { computedFrom, type SetDetail } from './metric.ts';

/** By the subject's name. */
export const accuracyPerSubject: SetDetail = {
  name: 'accuracy_per_subject',
  computations: [
    computedFrom(choiceScores, (content) =>
      Object.fromEntries([...subjectAccuracies(content)].map(([name, { rows, right }]) => [name, right / rows])),
    ),
  ],
};
