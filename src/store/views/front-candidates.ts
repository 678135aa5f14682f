import { type RawBuilder, sql } from 'kysely';
import { frontObjectives } from '../../tasks/task-metrics.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { candidatesFrom, configurationMeans, meanMetric, undefinedAt } from './configuration-means.ts';
import { foldTrials } from './folded-trials.ts';
import type { RankedConfiguration } from './ranked-configurations.ts';
import { measuredOutside, type TrialsOf } from './sweep-trials.ts';
import { nth, trialsFrom } from './trial-values.ts';

/** Configurations that are read to find the front among, the best in the first objective. */
const atMost = 2_000;

/**
 * Configurations that may be on the front over all objectives and complexity, by their means over seeds: all of the front
 * is among them, and of the others those alone that are hardly worse, or were not compared. Within a reading that has
 * allowed folding.
 */
export async function readFrontCandidates(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
): Promise<readonly RankedConfiguration[]> {
  // Complexity last: it has few values, so that the others are compared within each.
  const objectives = frontObjectives(sweep.definition.objectives).toSorted(
    (a, b) => Number(a.metric === 'complexity') - Number(b.metric === 'complexity'),
  );
  const columns = objectives.map(({ metric }) => meanMetric(metric, sweep));
  // Greater is better. What nobody has yet tells nobody apart.
  const turned = objectives.map(({ direction }, place) => {
    const sign = sql.raw(direction === 'maximize' ? '' : '-');
    return sql`case when (select ${nth(place)} from measured) then ${sign}means.${nth(place)} else 0 end as ${nth(place)}`;
  });
  const measured = objectives.map(
    (_, place) => sql`count(${nth(place)}) > 0 or bool_or(${undefinedAt(place)}) as ${nth(place)}`,
  );
  const all = objectives.map((_, place) => nth(place));
  const [first, second, ...rest] = all;
  if (first === undefined) return [];
  const cost: RawBuilder<unknown> = second === undefined ? sql`0` : sql`-${first}`;
  const { rows } = await sql<{ trial: number }>`
    with ${configurationMeans(sweep, columns)},
    measured as materialized (select ${sql.join(measured)} from means where scored > 0),
    turned as (select settings_hash, configuration, ${sql.join(turned)} from means where scored > 0),
    ranked as materialized (
      select settings_hash, configuration, (${cost})::double precision as cost, (${second ?? first})::double precision as gain
        ${sql.join([sql``, ...rest])}
      from turned where ${sql.join(
        all.map((column) => sql`${column} is not null`),
        sql` and `,
      )}),
    ${candidatesFrom('ranked', rest)},
    chosen as (select settings_hash, configuration from candidates order by cost, gain desc limit ${atMost})
    select w.trial ${trialsFrom(
      sweep,
      undefined,
      sql`join chosen c on c.settings_hash = t.settings_hash and c.configuration = e.configuration`,
    )}`.execute(tx);
  const outside = Object.keys(measuredOutside(sweep.constants));
  const stored = objectives.flatMap(({ metric }) => (outside.includes(metric) ? [] : [metric]));
  const trials = rows.map(({ trial }) => trial);
  return trials.length === 0 ? [] : foldTrials(tx, sweep, stored, trials);
}
