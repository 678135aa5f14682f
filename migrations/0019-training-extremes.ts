import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // The largest that a training met in any step: what the constants of Theorem 4.4 are estimated from over trainings.
  'alter table trainings add column largest_loss double precision, add column largest_gradient_norm double precision',
  `update trainings t set largest_loss = x.loss, largest_gradient_norm = x.norm
   from (
     select m.training_id, max(v.value) filter (where m.name = 'data_loss') as loss,
       max(v.value) filter (where m.name = 'gradient_norm') as norm
     from metrics m, unnest(m.values) as v (value)
     where m.name in ('data_loss', 'gradient_norm') and v.value < 'infinity'::double precision
     group by 1) x
   where t.id = x.training_id`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
