import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // What a fact says besides its value: other objectives, a repeat's seed.
  await sql.raw('alter table search_events add column further double precision[]').execute(db);
}
