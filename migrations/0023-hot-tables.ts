import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Version 7 of RFC 9562: begins with the time. Rows that are made together stay together in indexes.
  `create function time_ordered_uuid() returns uuid language sql volatile parallel safe as $$
     select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
       placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
       52, 1), 53, 1), 'hex')::uuid $$`,
  'alter table trainings alter column id set default time_ordered_uuid()',
  'alter table segments alter column id set default time_ordered_uuid()',
  'alter table evaluations alter column id set default time_ordered_uuid()',
  // Whether a train segment of it is free or worked on: a claim does not walk over the many that wait at a rung.
  'alter table sweep_trainings add column claimable boolean not null default false',
  `update sweep_trainings l set claimable = true where open and exists (
     select 1 from segments s where s.training_id = l.training_id and s.kind = 'train' and s.status in ('ready', 'claimed'))`,
  'create index sweep_trainings_claimable on sweep_trainings (sweep_id, ordinal) where claimable',
  // What is over is met again by each claim until it is vacuumed: by number, since a fifth of a long table is too much.
  ...['segments', 'trainings', 'sweep_trainings', 'evaluations'].map(
    (table) =>
      `alter table ${table} set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000,
         autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 2000)`,
  ),
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
