import { sql } from 'kysely';
import { byComplexity, frontObjectives, tradeoffObjective } from '../../../tasks/task-metrics.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import { allowFolding } from '../configurations/allow-folding.ts';
import { configurationMeans, meanColumn } from '../configurations/configuration-means.ts';
import { foldTrials } from '../configurations/folded-trials.ts';
import { frontCandidates, trialsOfCandidates } from '../configurations/front-candidates.ts';
import type { SweepSnapshot } from '../sweep-snapshot.ts';
import { measuredOutside, type TrialsOf } from '../trials/sweep-trials.ts';
import { placesOf, placesRead, type PlacesRecord } from './tradeoff-places.ts';
import { placedTradeoff } from './tradeoff-view.ts';
import { nth } from '../trials/trial-values.ts';

/** Where the configurations of all trials of a sweep lie, and among which all of its front is: by one fold of the trials. */
export async function readSweepTradeoff(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
): Promise<Required<Pick<SweepSnapshot, 'tradeoff' | 'frontCandidates'>>> {
  await allowFolding(tx);
  const { metric, direction } = tradeoffObjective(sweep.definition);
  const objectives = frontObjectives(sweep.definition.objectives);
  const metrics = [...new Set([...objectives.map((objective) => objective.metric), metric, byComplexity.metric])];
  const placeOf = (name: string): number => metrics.indexOf(name);
  const columns = metrics.map((name) => meanColumn({ of: 'metric', name }, sweep));
  const better = { x: byComplexity.direction, y: direction };
  const log = { x: false, y: false };
  const [x, y] = [nth(placeOf(byComplexity.metric)), nth(placeOf(metric))];
  const { rows } = await sql<{ read: PlacesRecord; trials: readonly number[] }>`
    with ${configurationMeans(sweep, columns)},
    ${frontCandidates(objectives.map((objective) => ({ ...objective, place: placeOf(objective.metric) })))},
    ${placesOf({ x, y, level: sql`-1`, better, log })}
    select ${placesRead} as read, ${trialsOfCandidates(sweep)} as trials`.execute(tx);
  const { read, trials } = rows[0] ?? { read: { total: 0, drawn: 0, points: [], candidates: [] }, trials: [] };
  const outside = Object.keys(measuredOutside(sweep.constants));
  const stored = objectives.flatMap((objective) => (outside.includes(objective.metric) ? [] : [objective.metric]));
  const axis = (name: string) => ({ of: 'metric', name }) as const;
  const asked = { x: axis(byComplexity.metric), y: axis(metric), better, log, by: null, shown: [] };
  return {
    frontCandidates: trials.length === 0 ? [] : await foldTrials(tx, sweep, stored, trials),
    tradeoff: { levels: null, ...(await placedTradeoff(tx, sweep, asked, read)) },
  };
}
