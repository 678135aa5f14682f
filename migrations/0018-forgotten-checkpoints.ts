import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // A later attempt began before it, and the metrics of the steps that led to it are gone: nothing goes on from it.
  `alter table checkpoints add column forgotten boolean not null default false`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
