import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // What people say of a sweep, or of one of its trials: those are numbered anew by an extension, their evaluations not.
  `create table annotations (
     id bigint generated always as identity primary key,
     sweep_id uuid not null references sweeps on delete cascade,
     evaluation_id uuid references evaluations,
     tags text[] not null default '{}',
     note text,
     changed_at timestamptz not null default now())`,
  `create unique index annotations_sweep on annotations (sweep_id) where evaluation_id is null`,
  `create unique index annotations_trial on annotations (sweep_id, evaluation_id) where evaluation_id is not null`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
