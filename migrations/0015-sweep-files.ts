import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Sweep files to the letter, comments and all; a sweep that no file described has none.
  `create table sweep_files (
     sweep_id uuid primary key references sweeps on delete cascade,
     content text not null,
     recorded_at timestamptz not null default now())`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
