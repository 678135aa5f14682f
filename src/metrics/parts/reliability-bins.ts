import type { ReliabilityBin } from '../values/evaluation-metrics.ts';
import type { ClassScores } from '../forms/scored-set.ts';

const CALIBRATION_BINS = 15;

/**
 * Equal-width bins (i/b, (i+1)/b] of the confidence, which is the largest probability. An empty bin has confidence
 * and accuracy 0.
 */
export function reliabilityBins(
  { probabilities, names, predictions, labels }: ClassScores,
  bins: number = CALIBRATION_BINS,
): ReliabilityBin[] {
  const counts = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const [row, prediction] of predictions.entries()) {
    const confidence = probabilities[row * names.length + prediction] ?? 0;
    const bin = counts.find((_, i) => confidence <= (i + 1) / bins) ?? counts.at(-1);
    if (bin === undefined) continue;
    bin.count += 1;
    bin.confidence += confidence;
    if (prediction === labels[row]) bin.right += 1;
  }
  return counts.map(({ count, confidence, right }, i) => ({
    lower: i / bins,
    upper: (i + 1) / bins,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

/** Σ share of the rows × |accuracy − confidence| over bins. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / rows) * Math.abs(bin.accuracy - bin.confidence), 0);
}
