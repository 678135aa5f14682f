import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // What a search remembers after an event of its log, so that a process need not fold the whole of it: the newest alone.
  `create table search_snapshots (
     sweep_id uuid primary key references sweeps on delete cascade,
     sequence integer not null,
     -- Of the event's stretch of the log.
     token uuid not null,
     -- Of the fold that wrote it: another one folds the log.
     fold_version integer not null,
     canonical_hash text not null,
     memory bytea not null,
     written_at timestamptz not null default now())`,
  // Sweep files that it had before it was extended, as {definition, inputs}, the oldest first: their decisions are theirs.
  `alter table sweeps add column former_stages jsonb not null default '[]'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
