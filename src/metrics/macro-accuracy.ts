import { choiceScores, subjectAccuracies } from './forms/choice-scores.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';

export const macroAccuracy: Metric = {
  name: 'macro_accuracy',
  heading: 'macro accuracy',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    computedFrom(choiceScores, (content) => {
      const counts = [...subjectAccuracies(content).values()];
      return counts.length === 0
        ? null
        : counts.reduce((sum, { rows, right }) => sum + right / rows, 0) / counts.length;
    }),
  ],
  over: 'corpus',
  gap: 'minimize',
  sentence: 'Mean over subjects of the share of their questions that are answered right, each subject alike',
};
