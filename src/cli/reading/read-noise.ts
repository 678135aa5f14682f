import type { RankedScore, ScoredSweep } from '../../report/configuration-scores.ts';
import { Noise } from '../../report/noise.ts';
import { frontScores, paretoReport } from '../../report/pareto-report.ts';
import type { Report } from '../../report/render-report.ts';
import type { Store } from '../../store/database/open-store.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import { withShownMetrics } from './read-scored-sweep.ts';
import { readRowScores } from './read-row-scores.ts';

/** The noise of seeds and rows in some configurations; null where no outputs are there to tell it by. */
export async function readNoise(
  store: Store,
  snapshot: SweepSnapshot,
  scores: readonly RankedScore[],
): Promise<Noise | null> {
  const trials = [...new Map(scores.flatMap((score) => score.trials.map((trial) => [trial.trial, trial]))).values()];
  const found = await readRowScores(store, snapshot, trials);
  return found.size === 0 ? null : new Noise(found);
}

/** The front, with what noise leaves of its order. */
export async function readPareto(store: Store, sweep: ScoredSweep): Promise<Report<RankedScore>> {
  const shown = await withShownMetrics(store, sweep, frontScores(sweep).rows);
  return paretoReport(shown, await readNoise(store, shown, frontScores(shown).rows.slice(0, mostRead)));
}

/** Configurations of a front whose outputs are read: more are beyond what anybody compares. */
const mostRead = 40;
