import { gapRows, metricNamed } from '../../metrics/metrics.ts';
import type { RankedScore, ScoredSweep } from '../../report/comparing/configuration-scores.ts';
import { savedByStopping } from '../../report/saved-by-stopping.ts';
import { reportedMetrics } from '../../report/tables/score-columns.ts';
import type { Store } from '../../store/database/open-store.ts';
import { readConfigurationsOf, readRankedSweep } from '../../store/views/configurations/ranked-configurations.ts';

/**
 * A sweep as it is ranked, without its trials: its configurations, with the objectives of their trials alone.
 * @param further what it is to be ranked by besides
 * @throws SWEEP_NOT_FOUND
 */
export async function readScoredSweep(
  store: Store,
  name: string,
  further: readonly string[] = [],
): Promise<ScoredSweep> {
  const { snapshot, configurations, stepped } = await readRankedSweep(store, name, ({ definition }) =>
    stored([...definition.objectives.map(({ metric }) => metric), ...further]),
  );
  return { ...snapshot, scores: configurations, savedSeconds: savedByStopping(stepped).byScheduler.seconds };
}

/** The same, of those configurations that are shown with all metrics that are. */
export async function withShownMetrics(
  store: Store,
  sweep: ScoredSweep,
  shown: readonly RankedScore[],
  further: readonly string[] = [],
): Promise<ScoredSweep> {
  if (sweep.scores === undefined || shown.length === 0) return sweep;
  const metrics = stored([...reportedMetrics(sweep), gapRows, ...further]);
  const trials = shown.flatMap((score) => score.trials.map(({ trial }) => trial));
  const whole = await readConfigurationsOf(store, sweep.name, trials, metrics);
  const byFirst = new Map(whole.map((score) => [score.trials[0]?.trial, score]));
  return { ...sweep, scores: sweep.scores.map((score) => byFirst.get(score.trials[0]?.trial) ?? score) };
}

/** Metrics that evaluations have, each once; others are of the training. */
function stored(metrics: readonly string[]): readonly string[] {
  return [...new Set(metrics)].filter((metric) => metricNamed(metric)?.ofTrial === undefined);
}
