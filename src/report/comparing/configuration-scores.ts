import { canonicalJson } from '../../base/canonical-json.ts';
import { isUndefined, measuring } from '../../metrics/metrics.ts';
import { withinRange } from '../../metrics/parts/within-range.ts';
import { meanOf } from '../../stats/mean-of.ts';
import { type MeanInterval, studentInterval } from '../../stats/student-interval.ts';
import type { RankedTrial } from '../../store/views/configurations/ranked-configurations.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { endedWithoutScore } from '../../store/views/trials/trial-ranks.ts';
import type { EvaluationConfiguration, TrainingConfiguration } from '../../sweep/vocabulary.ts';

/** One configuration with its repeats: trials that differ in nothing but the training's seed. */
export interface ConfigurationScore<Trial extends RankedTrial = TrialRow> {
  readonly training: TrainingConfiguration;
  readonly evaluation: EvaluationConfiguration;
  /** By seed. */
  readonly trials: readonly Trial[];
  /** Repeats that are scored. */
  readonly scored: number;
  /** Repeats whose training predicts one class for everything. */
  readonly collapsed: number;
  /** Repeats that ended without a score. */
  readonly failed: number;
  /** Whether any repeat has met a failure. */
  readonly metFailure: boolean;
}

/** A configuration as it is ranked. */
export type RankedScore = ConfigurationScore<RankedTrial>;

/** A sweep with its configurations, where the record has folded its trials into them. */
export interface ScoredSweep extends SweepSnapshot {
  /** In the order of their first trials; absent: as the trials say. */
  readonly scores?: readonly RankedScore[];
}

export function scoresOf({ scores, trials }: ScoredSweep): readonly RankedScore[] {
  return scores ?? configurationScores(trials);
}

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
        failed: bySeed.filter(({ state, metrics }) => metrics === null && endedWithoutScore.includes(state)).length,
        metFailure: bySeed.some(({ failure }) => failure !== null),
      },
    ];
  });
}

function keyOf({ configuration, evaluation }: TrialRow): string {
  const { seed: _, ...rest } = configuration;
  return canonicalJson({ configuration: rest, evaluation: { ...evaluation } });
}

/** The repeats' values of a metric, in the order of their seeds. */
export function scoreValues(score: RankedScore, metric: string): readonly number[] {
  const measured = measuring(metric);
  return score.trials.flatMap((trial) => measured(trial) ?? []);
}

/** Repeats that are scored, but whose metric is undefined: the correlation of constant predictions. */
export function undefinedRepeats(score: RankedScore, metric: string): number {
  return score.trials.filter((trial) => isUndefined(trial, metric)).length;
}

/**
 * Mean and 95 % interval over seeds; null before any is scored, and where the metric of one is undefined: a mean of the
 * others would be of the seeds that happened to go well.
 */
export function scoreInterval(score: RankedScore, metric: string): MeanInterval | null {
  const values = scoredValues(score, metric);
  return values === null ? null : withinRange(metric, studentInterval(values));
}

/** The mean of `scoreInterval`, for those that are ranked and not shown. */
export function scoreMean(score: RankedScore, metric: string): number | null {
  const values = scoredValues(score, metric);
  return values === null ? null : meanOf(values);
}

function scoredValues(score: RankedScore, metric: string): readonly number[] | null {
  const values = scoreValues(score, metric);
  return values.length === 0 || undefinedRepeats(score, metric) > 0 ? null : values;
}
