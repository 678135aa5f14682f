import { choiceScores } from './forms/choice-scores.ts';
import { confusionOf, rightShare } from './parts/confusion-matrix.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { classScores, labelSetScores, type LabelSetScores } from './forms/scored-set.ts';

export const accuracy: Metric = {
  name: 'accuracy',
  heading: 'accuracy',
  direction: 'maximize',
  range: [0, 1],
  format: formatScore,
  computations: [
    computedFrom(classScores, (content) => rightShare(confusionOf(content))),
    computedFrom(labelSetScores, exactlyRight),
    computedFrom(choiceScores, (content) => rightShare(confusionOf(content))),
  ],
  over: 'rows',
  gap: 'minimize',
  sentence: 'Share of the rows whose prediction is right, all labels of a row together',
};

function exactlyRight({ names, predictions, labels }: LabelSetScores): number {
  const rows = labels.length / names.length;
  const wrong = new Set<number>();
  for (const [i, label] of labels.entries()) if (label !== predictions[i]) wrong.add(Math.floor(i / names.length));
  return (rows - wrong.size) / rows;
}
