import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { DrawnSize, TrialOutputs } from '../../dashboard/reading/view-source.ts';
import type { StoredScores } from '../../evaluate/row-scores.ts';
import { confusionTable } from '../../metrics/parts/confusion-table.ts';
import { membersCurvePoints } from '../../report/noise/seeds-and-members.ts';
import { readLargestEnsemble } from '../../store/views/trials/learning-curve.ts';
import type { Store } from '../../store/database/open-store.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { tradeoffObjective } from '../../tasks/task-metrics.ts';
import { readRowScores } from './read-row-scores.ts';

/** Trials whose outputs were last looked at. */
const knownAtMost = 8;

/** Numbers of all members together, up to which ensembles are drawn from them while somebody waits. */
const drawnUpTo = 500_000;

type Of = Pick<SweepSnapshot, 'sweepId' | 'trainer' | 'definition'>;

/** Reads what follows from the stored outputs of trials, each worked out once. */
export function trialOutputs(store: Store): (sweep: Of, trial: TrialRow) => Promise<TrialOutputs | null> {
  const known = new Map<string, Promise<TrialOutputs | null>>();
  return (sweep, trial) => {
    if (trial.metrics === null) return Promise.resolve(null);
    const key = `${sweep.sweepId} ${trial.trial} ${trial.step}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const reading = readOutputs(store, sweep, trial);
    const [oldest] = known.keys();
    if (known.size >= knownAtMost && oldest !== undefined) known.delete(oldest);
    known.set(key, reading);
    // What failed once, such as for want of the database, may come later.
    reading.catch(() => known.delete(key));
    return reading;
  };
}

async function readOutputs(store: Store, sweep: Of, trial: TrialRow): Promise<TrialOutputs | null> {
  const largest = (await readLargestEnsemble(store, sweep.sweepId, trial.trial)) ?? trial.trial;
  const trials = [...new Set([trial.trial, largest])].map((number) => ({ trial: number, metrics: trial.metrics }));
  const scores = await readRowScores(store, sweep, trials);
  const [own, most] = [scores.get(trial.trial), scores.get(largest)];
  if (own === undefined) return null;
  return outputsOf(own, most, tradeoffObjective(sweep.definition).metric);
}

/**
 * @param most the same training's largest ensemble, whose members smaller ones are drawn from; absent: it is not here
 */
export async function outputsOf(
  own: StoredScores,
  most: StoredScores | undefined,
  metric: string,
): Promise<TrialOutputs> {
  return { confusion: confusionTable(own.set), byMembers: most === undefined ? [] : await drawnSizes(most, metric) };
}

/** Of whatever the task scores from its members' outputs, and not too many: what takes longer is in the report. */
async function drawnSizes(scores: StoredScores, metric: string): Promise<readonly DrawnSize[]> {
  const { members } = scores;
  const numbers = members.reduce((sum, { values }) => sum + values.length, 0);
  if (members.length < 3 || numbers > drawnUpTo || scores.whole(metric) === null) return [];
  const points: DrawnSize[] = [];
  for (const point of membersCurvePoints(scores, metric)) {
    if (point !== null) points.push(point);
    await turnOfEventLoop();
  }
  return points;
}
