import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

// Processor, cores and memory of a worker's machine, in words: reports tell what a sweep was trained on. Null: the worker
// was registered by a version that did not look.
const statements = ['alter table workers add column hardware text'];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
