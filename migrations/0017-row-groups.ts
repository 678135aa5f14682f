import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // A metric on groups of the evaluated rows, where a search asked for it when it was scored: [number, …].
  `alter table evaluations add column row_groups jsonb`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
