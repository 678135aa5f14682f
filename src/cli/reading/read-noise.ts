import { metricNamed } from '../../metrics/metrics.ts';
import { setOfMetric } from '../../metrics/set-metric.ts';
import { withTestTwins } from '../../report/comparing/chosen-among.ts';
import { type RankedScore, type ScoredSweep, scoresOf } from '../../report/comparing/configuration-scores.ts';
import { Noise } from '../../report/noise/noise.ts';
import { frontScores, paretoReport } from '../../report/tables/pareto-report.ts';
import type { Report } from '../../report/tables/render-report.ts';
import { shownFront } from '../../report/sections/material.ts';
import type { Store } from '../../store/database/open-store.ts';
import type { RankedTrial } from '../../store/views/configurations/ranked-configurations.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { readRowScores } from './read-row-scores.ts';
import { knownRows, readRowValues, type RowValues, rowsUpTo } from './read-row-values.ts';
import { withShownMetrics } from './read-scored-sweep.ts';

/** What configurations were chosen of, best first, and by which metric. */
interface Chosen {
  readonly ranked: readonly RankedScore[];
  readonly metric: string;
}

/**
 * The noise of seeds and rows in some configurations; null where no outputs are there to tell it by.
 * @param chosen tells how much too good the first of them looks: one metric of the others' rows is read too
 */
export async function readNoise(
  store: Store,
  snapshot: SweepSnapshot,
  scores: readonly RankedScore[],
  chosen: Chosen | null = null,
): Promise<Noise | null> {
  const trials = [...new Map(scores.flatMap((score) => score.trials.map((trial) => [trial.trial, trial]))).values()];
  const found = await readRowScores(store, snapshot, trials);
  if (found.size === 0) return null;
  const rows: RowValues = new Map(trials.map(({ trial }) => [trial, null]));
  if (chosen !== null) await readChosen(store, snapshot, chosen, rows);
  return new Noise(new Map([...knownRows(rows), ...found]));
}

/** Reads what a winner was chosen of, the best first, up to so many trials: those far behind would not win by luck. */
export async function readChosen(
  store: Store,
  snapshot: SweepSnapshot,
  { ranked, metric }: Chosen,
  rows: RowValues,
): Promise<void> {
  if (metricNamed(metric)?.over !== 'rows' || setOfMetric(metric) !== null) return;
  await readRowValues(store, snapshot, firstTrials(ranked), { metric, rows });
}

/** Of whole configurations, however many seeds they have. */
function firstTrials(ranked: readonly RankedScore[]): readonly RankedTrial[] {
  const trials: RankedTrial[] = [];
  for (const score of ranked) {
    if (trials.length + score.trials.length > rowsUpTo) break;
    trials.push(...score.trials);
  }
  return trials;
}

/** The front, with what noise leaves of its order. */
export async function readPareto(store: Store, sweep: ScoredSweep): Promise<Report<RankedScore>> {
  const all = (of: ScoredSweep) => withTestTwins(frontScores(of).rows, scoresOf(of));
  const shown = await withShownMetrics(store, sweep, all(sweep));
  const read = withTestTwins(frontScores(shown).rows.slice(0, shownFront), scoresOf(shown));
  return paretoReport(shown, await readNoise(store, shown, read));
}
