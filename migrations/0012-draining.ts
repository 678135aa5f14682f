import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // What was begun comes to its end and nothing else begins; then the sweep is paused.
  await sql.raw('alter table sweeps add column draining boolean not null default false').execute(db);
}
