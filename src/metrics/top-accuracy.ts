import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';
import { type ClassScores, classScores } from './forms/scored-set.ts';

/**
 * As scikit-learn's top_k_accuracy_score: among equals the later class comes first. Undefined where there are no more
 * classes than places, since every row would be right.
 */
function topAccuracy(places: number): Metric {
  return {
    name: `top_${places}_accuracy`,
    heading: `top ${places}`,
    direction: 'maximize',
    range: [0, 1],
    format: formatScore,
    computations: [computedFrom(classScores, (content) => rightAmong(content, places))],
    over: 'rows',
    sentence: `Share of the rows whose class is among the ${places} most probable; undefined with ${places} classes or fewer`,
  };
}

function rightAmong({ names, probabilities, labels }: ClassScores, places: number): number | null {
  const classes = names.length;
  if (classes <= places) return null;
  const right = labels.filter((label, row) => {
    const own = probabilities[row * classes + label] ?? 0;
    const before = probabilities
      .subarray(row * classes, (row + 1) * classes)
      .reduce((count, other, i) => count + (other > own || (other === own && i > label) ? 1 : 0), 0);
    return before < places;
  });
  return right.length / labels.length;
}

export const top3Accuracy = topAccuracy(3);
export const top5Accuracy = topAccuracy(5);
