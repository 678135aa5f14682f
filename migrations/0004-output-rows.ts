import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Where each row of a member's outputs begins, and the last ends, as uint32; null: rows of one length, as they were.
  `alter table evaluation_members add column offsets bytea`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
