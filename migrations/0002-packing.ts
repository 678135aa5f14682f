import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Trainings of one key may step together; null where that was not known when they were planned.
  `alter table trainings add column bundle_key text`,
  `create index trainings_bundle on trainings (bundle_key) where state = 'active'`,

  // Measured once for an engine's shape on a device.
  `create table packing_plans (
     engine_shape text not null,
     device text not null,
     pack integer not null,
     measured jsonb not null,
     measured_at timestamptz not null default now(),
     primary key (engine_shape, device))`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
