import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Whether an evaluate segment of it is free or worked on: what waits is found by its link, as train segments are.
  'alter table sweep_trainings add column evaluable boolean not null default false',
  `update sweep_trainings l set evaluable = true where open and exists (
     select 1 from segments s
     where s.training_id = l.training_id and s.kind = 'evaluate' and s.status in ('ready', 'claimed'))`,
  'create index sweep_trainings_evaluable on sweep_trainings (sweep_id, ordinal) where evaluable',
  // A segment changes its status a dozen times, a training its counts: without an index over what changes, and with room
  // on the page, a change touches that page alone.
  'drop index segments_waiting_evaluations',
  'drop index segments_claimed',
  'alter table trainings set (fillfactor = 75)',
  'alter table evaluations set (fillfactor = 70)',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
