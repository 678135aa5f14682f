import { type RawBuilder, sql } from 'kysely';

/**
 * Seconds that a sweep has run by now, neither paused nor at its end: what a budget of hours counts.
 * @param alias of its row in the statement
 */
export function ranSeconds(alias: string): RawBuilder<number> {
  const since = sql.ref(`${alias}.running_since`);
  return sql<number>`(${sql.ref(`${alias}.ran_seconds`)}
    + coalesce(greatest(0, extract(epoch from now() - ${since})), 0))::double precision`;
}
