import type { EvaluationMetrics } from '../sweep/evaluation-metrics.ts';
import { brier, expectedCalibrationError, reliabilityBins } from './calibration.ts';
import { accuracy, confusionMatrix, f1, matthews } from './classification-metrics.ts';
import { pearson, spearman } from './regression-metrics.ts';
import { classScores, type ScoredSet, valueScores } from './scored-set.ts';

export type SetMetrics = Omit<
  EvaluationMetrics,
  'train_accuracy' | 'train_loss' | 'accuracy_gap' | 'loss_gap' | 'expected_kept_entries' | 'inference_passes'
>;

type OwnMetrics = Omit<SetMetrics, 'rows' | 'loss' | 'mean_member_loss'>;

const none: OwnMetrics = {
  accuracy: null,
  f1: null,
  matthews: null,
  pearson: null,
  spearman: null,
  brier: null,
  ece: null,
  reliability: [],
  collapsed: false,
};

/** What is computed from the predictions of a set of rows; null what its form has not. */
export function setMetrics(set: ScoredSet): OwnMetrics {
  const classes = classScores.read(set);
  const values = valueScores.read(set);
  if (values !== null) {
    const { predictions, targets } = values;
    return { ...none, pearson: pearson(predictions, targets), spearman: spearman(predictions, targets) };
  }
  if (classes === null) return none;
  const { probabilities, predictions, labels } = classes;
  const confusion = confusionMatrix(predictions, labels, classes.classes);
  const reliability = reliabilityBins(probabilities, classes.classes, predictions, labels);
  return {
    ...none,
    accuracy: accuracy(confusion),
    f1: f1(confusion),
    matthews: matthews(confusion),
    brier: brier(probabilities, classes.classes, labels),
    ece: expectedCalibrationError(reliability),
    reliability,
    collapsed: new Set(predictions).size === 1 && new Set(labels).size > 1,
  };
}
