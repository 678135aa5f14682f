import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // How a training failed that a search hears of, which some limits and samplers tell apart.
  await sql.raw('alter table search_events add column failure text').execute(db);
}
