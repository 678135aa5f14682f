import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // An evaluation on a further set stands beside a trial under the set's name; trials of one training may share it.
  await sql
    .raw(
      `create table sweep_set_evaluations (
         sweep_id uuid not null references sweeps on delete cascade,
         trial integer not null,
         set_name text not null,
         evaluation_id uuid not null references evaluations,
         primary key (sweep_id, trial, set_name))`,
    )
    .execute(db);
  await sql.raw('create index sweep_set_evaluations_evaluation on sweep_set_evaluations (evaluation_id)').execute(db);
  // What a sweep waits for, of either kind.
  await sql
    .raw(
      `create view wanted_evaluations as
         select sweep_id, evaluation_id from sweep_evaluations
         union all
         select sweep_id, evaluation_id from sweep_set_evaluations`,
    )
    .execute(db);
}
