import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // Why the search ended before its last training; null: it did not.
  await sql.raw('alter table sweeps add column halted text').execute(db);
}
