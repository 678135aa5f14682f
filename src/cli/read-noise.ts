import type { ConfigurationScore } from '../report/configuration-scores.ts';
import { Noise } from '../report/noise.ts';
import { frontScores, paretoReport } from '../report/pareto-report.ts';
import type { Report } from '../report/render-report.ts';
import type { Store } from '../store/database/open-store.ts';
import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { readRowScores } from './read-row-scores.ts';

/** The noise of seeds and rows in some configurations; null where no outputs are there to tell it by. */
export async function readNoise(
  store: Store,
  snapshot: SweepSnapshot,
  scores: readonly ConfigurationScore[],
): Promise<Noise | null> {
  const trials = [...new Set(scores.flatMap((score) => score.trials))];
  const found = await readRowScores(store, snapshot, trials);
  return found.size === 0 ? null : new Noise(found);
}

/** The front, with what noise leaves of its order. */
export async function readPareto(store: Store, snapshot: SweepSnapshot): Promise<Report<ConfigurationScore>> {
  return paretoReport(snapshot, await readNoise(store, snapshot, frontScores(snapshot).rows.slice(0, mostRead)));
}

/** Configurations of a front whose outputs are read: more are beyond what anybody compares. */
const mostRead = 40;
