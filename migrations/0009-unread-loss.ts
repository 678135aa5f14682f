import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // Written at every report of progress; the losses themselves stand in metrics, and nothing read this.
  await sql.raw('alter table trainings drop column latest_loss').execute(db);
}
