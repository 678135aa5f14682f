import { accuracyAtCoverage } from './accuracy-at-coverage.ts';
import { accuracy } from './accuracy.ts';
import { accuracyPerSubject } from './accuracy-per-subject.ts';
import { answerF1 } from './answer-f1.ts';
import { brierReliability } from './brier-reliability.ts';
import { brierResolution } from './brier-resolution.ts';
import { brierUncertainty } from './brier-uncertainty.ts';
import { brier } from './brier.ts';
import { collapsed } from './collapsed.ts';
import { complexity } from './complexity.ts';
import { complexityEstimated } from './complexity-estimated.ts';
import { eceEqualMass } from './ece-equal-mass.ts';
import { ece } from './ece.ts';
import { entityF1 } from './entity-f1.ts';
import { evaluatedNumber } from './values/evaluation-metrics.ts';
import { exactMatch } from './exact-match.ts';
import { formatMeasured } from './values/format-number.ts';
import { expectedKeptEntries } from './expected-kept-entries.ts';
import { f1 } from './f1.ts';
import { inferencePasses } from './inference-passes.ts';
import { loss } from './loss.ts';
import { macroAccuracy } from './macro-accuracy.ts';
import { macroF1 } from './macro-f1.ts';
import { macroRecall } from './macro-recall.ts';
import { matthews } from './matthews.ts';
import { meanMemberLoss } from './mean-member-loss.ts';
import type { MeasuredTrial, Metric, SetDetail } from './metric.ts';
import { memberDisagreement } from './member-disagreement.ts';
import { microF1 } from './micro-f1.ts';
import { pearson } from './pearson.ts';
import { perplexity } from './perplexity.ts';
import { recallPerClass } from './recall-per-class.ts';
import { reliability } from './reliability.ts';
import { setMetric, setOfMetric } from './set-metric.ts';
import { spearman } from './spearman.ts';
import { groupAccuracies } from './subject-groups.ts';
import { top3Accuracy, top5Accuracy } from './top-accuracy.ts';
import { trainSeconds } from './train-seconds.ts';
import { trainableParameters } from './trainable-parameters.ts';
import { updateEffectiveRank } from './update-effective-rank.ts';
import { updateNorm } from './update-norm.ts';
import { unanswered } from './unanswered.ts';

/** Every metric but those that follow from these, in the order that messages and tables name them in. */
export const metrics: readonly Metric[] = [
  accuracy,
  macroAccuracy,
  ...groupAccuracies,
  f1,
  macroF1,
  microF1,
  macroRecall,
  matthews,
  top3Accuracy,
  top5Accuracy,
  pearson,
  spearman,
  answerF1,
  exactMatch,
  entityF1,
  perplexity,
  loss,
  brier,
  brierReliability,
  brierResolution,
  brierUncertainty,
  ece,
  eceEqualMass,
  accuracyAtCoverage,
  meanMemberLoss,
  memberDisagreement,
  complexity,
  complexityEstimated,
  expectedKeptEntries,
  updateNorm,
  updateEffectiveRank,
  inferencePasses,
  trainSeconds,
  trainableParameters,
];

export const details: readonly SetDetail[] = [recallPerClass, accuracyPerSubject, reliability, collapsed, unanswered];

/** Names of the train rows' value of a metric, and of its gap. */
export const trainName = (name: string): string => `train_${name}`;
export const gapName = (name: string): string => `${name}_gap`;

/** What evaluations call the number of train rows that gaps were measured on. */
export const gapRows = 'gap_rows';

/** The metric that a gap is of; null: the name is no gap's. */
export function baseOfGap(name: string): string | null {
  return metrics.find((metric) => metric.gap !== undefined && gapName(metric.name) === name)?.name ?? null;
}

/** Every metric, with the train rows' values and gaps of those that have them. */
export const allMetrics: readonly Metric[] = [...metrics, ...metrics.flatMap(gapMetrics)];

const byName = new Map(allMetrics.map((metric) => [metric.name, metric]));

/** A metric, of the trial's own rows or of a further set's; null: there is none. */
export function metricNamed(name: string): Metric | null {
  const found = setOfMetric(name);
  if (found === null) return byName.get(name) ?? null;
  const metric = byName.get(found.metric);
  return metric === undefined ? null : setMetric(found.set, metric);
}

/** Metrics of trials on a further set: all that are computed of its predictions, and their loss. */
export function metricsOfSet(set: string, form: string): readonly Metric[] {
  return metrics
    .filter((metric) => metric === loss || (metric.computations.length > 0 && isOf(metric, form)))
    .map((metric) => setMetric(set, metric));
}

/** Metrics that trials of a task can be ranked by. @param form of its predictions; null: of any */
export function rankingMetrics(form: string | null): readonly Metric[] {
  return allMetrics.filter((metric) => metric.unranked === undefined && (form === null || isOf(metric, form)));
}

/**
 * Metrics that a step of a training can be chosen by: those that its predictions alone give. @param form null: of any
 */
export function keepingMetrics(form: string | null): readonly Metric[] {
  const ofPredictions = ({ name, computations }: Metric): boolean => name === 'loss' || computations.length > 0;
  return metrics.filter((metric) => ofPredictions(metric) && (form === null || isOf(metric, form)));
}

/** Whether trials whose predictions have this form have the metric. */
export function isOf({ computations, ofMembers = [] }: Metric, form: string): boolean {
  const forms = [...computations, ...ofMembers].map((computation) => computation.form);
  return forms.length === 0 || forms.includes(form);
}

/** Above a metric's column. @param lossWord what the task calls its loss */
export function metricHeading(name: string, lossWord: string): string {
  const heading = metricNamed(name)?.heading ?? name;
  return typeof heading === 'string' ? heading : heading(lossWord);
}

/** A trial's number for a metric's name; null where it has none (yet), or the metric is undefined. */
export function measure(trial: MeasuredTrial, name: string): number | null {
  return measuring(name)(trial);
}

/** `measure` of one name, for many trials. */
export function measuring(name: string): (trial: MeasuredTrial) => number | null {
  return metricNamed(name)?.ofTrial ?? ((trial) => evaluatedNumber(trial.metrics, name));
}

/** For people: `–` before there is a number, `none` where the evaluation found the metric undefined. */
export function measureText(trial: MeasuredTrial, name: string): string {
  const value = measure(trial, name);
  if (value !== null) return formatMeasure(name, value);
  return isUndefined(trial, name) ? 'none' : '–';
}

/**
 * Whether the trial is evaluated and the metric undefined of its predictions, such as the correlation of a constant.
 */
export function isUndefined({ metrics }: Pick<MeasuredTrial, 'metrics'>, name: string): boolean {
  return metrics?.[name] === null;
}

export function formatMeasure(name: string, value: number): string {
  return metricNamed(name)?.format(value) ?? formatMeasured(value);
}

function gapMetrics(metric: Metric): readonly Metric[] {
  const { name, heading, gap, range } = metric;
  if (gap === undefined) return [];
  const word = (loss: string): string => (typeof heading === 'string' ? heading : heading(loss));
  const spread = range[1] - range[0];
  return [
    {
      ...metric,
      name: trainName(name),
      heading: (loss) => `train ${word(loss)}`,
      unranked: true,
      sentence: `The ${name} of the same mode on a fixed subsample of the train rows, of \`evaluation.gap_rows\` (128)`,
    },
    {
      ...metric,
      name: gapName(name),
      heading: (loss) => `${word(loss)} gap`,
      direction: gap,
      range: [-spread, spread],
      sentence: `${trainName(name)} minus ${name}`,
    },
  ];
}
