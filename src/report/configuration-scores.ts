import { canonicalJson } from '../base/canonical-json.ts';
import { isUndefined, measuring } from '../metrics/metrics.ts';
import { withinRange } from '../metrics/within-range.ts';
import { meanOf, type MeanInterval, studentInterval } from '../stats/student-interval.ts';
import type { TrainingState, TrialRow } from '../store/views/sweep-snapshot.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../sweep/vocabulary.ts';

/** One configuration with its repeats: trials that differ in nothing but the training's seed. */
export interface ConfigurationScore {
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
  /** By seed. */
  readonly trials: readonly TrialRow[];
  /** Repeats that are scored. */
  readonly scored: number;
  /** Repeats whose training predicts one class for everything. */
  readonly collapsed: number;
  /** Repeats that ended without a score. */
  readonly failed: number;
}

const endedWithoutScore: ReadonlySet<TrainingState> = new Set([
  'diverged',
  'out_of_memory',
  'infeasible',
  'crashed',
  'pruned',
  'cancelled',
]);

/** Groups trials over seeds, in the order of their first trial. */
export function configurationScores(trials: readonly TrialRow[]): readonly ConfigurationScore[] {
  const groups = new Map<string, TrialRow[]>();
  for (const trial of [...trials].sort((a, b) => a.trial - b.trial)) {
    const key = trial.repeatKey ?? keyOf(trial);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [trial]);
    else group.push(trial);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const bySeed = [...group].sort((a, b) => a.configuration.seed - b.configuration.seed);
    return [
      {
        training: first.configuration,
        evaluation: first.evaluation,
        trials: bySeed,
        scored: bySeed.filter(({ metrics }) => metrics !== null).length,
        collapsed: bySeed.filter(({ metrics }) => metrics?.collapsed === true).length,
        failed: bySeed.filter(({ state, metrics }) => metrics === null && endedWithoutScore.has(state)).length,
      },
    ];
  });
}

function keyOf({ configuration, evaluation }: TrialRow): string {
  const { seed: _, ...rest } = configuration;
  return canonicalJson({ configuration: rest, evaluation: { ...evaluation } });
}

/** The repeats' values of a metric, in the order of their seeds. */
export function scoreValues(score: ConfigurationScore, metric: string): readonly number[] {
  const measured = measuring(metric);
  return score.trials.flatMap((trial) => measured(trial) ?? []);
}

/** Repeats that are scored, but whose metric is undefined: the correlation of constant predictions. */
export function undefinedRepeats(score: ConfigurationScore, metric: string): number {
  return score.trials.filter((trial) => isUndefined(trial, metric)).length;
}

/**
 * Mean and 95 % interval over seeds; null before any is scored, and where the metric of one is undefined: a mean of the
 * others would be of the seeds that happened to go well.
 */
export function scoreInterval(score: ConfigurationScore, metric: string): MeanInterval | null {
  const values = scoredValues(score, metric);
  return values === null ? null : withinRange(metric, studentInterval(values));
}

/** The mean of `scoreInterval`, for those that are ranked and not shown. */
export function scoreMean(score: ConfigurationScore, metric: string): number | null {
  const values = scoredValues(score, metric);
  return values === null ? null : meanOf(values);
}

function scoredValues(score: ConfigurationScore, metric: string): readonly number[] | null {
  const values = scoreValues(score, metric);
  return values.length === 0 || undefinedRepeats(score, metric) > 0 ? null : values;
}
