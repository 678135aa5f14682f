import type { ReliabilityBin } from '../values/evaluation-metrics.ts';
import type { ClassScores } from '../forms/scored-set.ts';

const bins = 15;

/**
 * Bins of the confidence that hold as many rows each, up to ties, which are never parted: bin i ends at the quantile
 * (i + 1)/15 of the confidences, interpolated between neighbours, as scikit-learn's calibration_curve has it with
 * strategy="quantile". Empty bins are left out.
 */
export function equalMassBins({ probabilities, names, predictions, labels }: ClassScores): readonly ReliabilityBin[] {
  const confidences = predictions.map((prediction, row) => probabilities[row * names.length + prediction] ?? 0);
  const sorted = confidences.toSorted((a, b) => a - b);
  const edges = Array.from({ length: bins + 1 }, (_, i) => quantile(sorted, i / bins));
  const found = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const [row, confidence] of confidences.entries()) {
    // The first bin whose end is not below it.
    const place = edges.slice(1, -1).findIndex((edge) => confidence <= edge);
    const bin = found[place < 0 ? bins - 1 : place];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.confidence += confidence;
    if (predictions[row] === labels[row]) bin.right += 1;
  }
  return found.flatMap(({ count, confidence, right }, i) =>
    count === 0
      ? []
      : [
          {
            lower: edges[i] ?? 0,
            upper: edges[i + 1] ?? 1,
            count,
            confidence: confidence / count,
            accuracy: right / count,
          },
        ],
  );
}

/** @param sorted ascending, at least one */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low = 0, high = low] = sorted.slice(below, below + 2);
  return low + (place - below) * (high - low);
}
