import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // The same numbers stand in metrics, whatever the task; nothing read these.
  `alter table evaluations drop column accuracy, drop column loss, drop column ece, drop column collapsed`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
