import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Trainings whose checkpoints a person wants kept, whatever the budget.
  `create table training_pins (
     training_id uuid primary key references trainings,
     pinned_at timestamptz not null default now())`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
