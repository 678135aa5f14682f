import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Trainings that differ in their seed alone: the repeats of a trial are found, and a sweep's seeds folded, by it.
  `alter table trainings add column settings_hash text not null
   generated always as (md5(((specification -> 'configuration') - 'seed')::text)) stored`,
  'create index trainings_settings on trainings (settings_hash)',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
