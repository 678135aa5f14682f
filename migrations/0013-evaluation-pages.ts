import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

export async function up(db: Kysely<unknown>): Promise<void> {
  // Outputs of some inputs of a member, until all of them are there: what a killed evaluation goes on from.
  await sql
    .raw(
      `create table evaluation_pages (
         training_id uuid not null references trainings,
         at_step integer not null,
         member_key text not null,
         member integer not null,
         first_input integer not null,
         inputs bytea not null,
         logits bytea not null,
         offsets bytea not null,
         primary key (training_id, at_step, member_key, member, first_input))`,
    )
    .execute(db);
}
