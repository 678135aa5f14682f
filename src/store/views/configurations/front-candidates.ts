import { type RawBuilder, sql } from 'kysely';
import { byComplexity } from '../../../tasks/task-metrics.ts';
import type { Objective } from '../../../sweep/vocabulary.ts';
import { candidatesFrom, evaluationKey, undefinedAt } from './configuration-means.ts';
import type { TrialsOf } from '../trials/sweep-trials.ts';
import { nth, trialsFrom } from '../trials/trial-values.ts';

/** Configurations that are read to find the front among, the best in the first objective. */
const atMost = 2_000;

/**
 * Statements after `means`: in `chosen` the configurations that may be on the front over objectives. All of it is among
 * them, and of the others those alone that are hardly worse, or were not compared.
 * @param objectives with the places of their means
 */
export function frontCandidates(objectives: readonly (Objective & { readonly place: number })[]): RawBuilder<unknown> {
  // Complexity last: it has few values, so that the others are compared within each.
  const ordered = objectives.toSorted((a, b) => Number(isComplexity(a)) - Number(isComplexity(b)));
  const all = ordered.map(({ place }) => nth(place));
  const [first, second, ...rest] = all;
  if (first === undefined) throw new RangeError('a front is over one objective at least');
  // Greater is better. What nobody has yet tells nobody apart.
  const turned = ordered.map(({ direction, place }) => {
    const sign = sql.raw(direction === 'maximize' ? '' : '-');
    return sql`case when (select ${nth(place)} from measured) then ${sign}means.${nth(place)} else 0 end as ${nth(place)}`;
  });
  const measured = ordered.map(
    ({ place }) => sql`count(${nth(place)}) > 0 or bool_or(${undefinedAt(place)}) as ${nth(place)}`,
  );
  const cost: RawBuilder<unknown> = second === undefined ? sql`0` : sql`-${first}`;
  const known = all.map((column) => sql`${column} is not null`);
  return sql`
    measured as materialized (select ${sql.join(measured)} from means where scored > 0),
    turned as (select settings_hash, evaluation, ${sql.join(turned)} from means where scored > 0),
    ranked as materialized (
      select settings_hash, evaluation, (${cost})::double precision as cost, (${second ?? first})::double precision as gain
        ${sql.join([sql``, ...rest])}
      from turned where ${sql.join(known, sql` and `)}),
    ${candidatesFrom('ranked', rest, 'ranked_')},
    chosen as (select settings_hash, evaluation from ranked_candidates order by cost, gain desc limit ${atMost})`;
}

function isComplexity({ metric }: Objective): boolean {
  return metric === byComplexity.metric;
}

/** The trials of these, as JSON. */
export function trialsOfCandidates(sweep: TrialsOf): RawBuilder<readonly number[]> {
  const join = sql`join chosen c on c.settings_hash = t.settings_hash and c.evaluation = ${evaluationKey}`;
  return sql`(select coalesce(json_agg(w.trial), '[]') ${trialsFrom(sweep, undefined, join)})`;
}
