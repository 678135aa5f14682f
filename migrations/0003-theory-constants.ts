import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

/** Fields of `training` that a probe without masks, before the first step, has nothing to do with. */
const withoutEffect = [
  ...['dropout_rate', 'sparsity', 'train_instances', 'learning_rate', 'weight_decay', 'decay_biases'],
  ...['adam_beta1', 'adam_beta2', 'adam_epsilon', 'clip_norm', 'batch_size', 'micro_batch_size', 'epochs'],
  ...['warmup_fraction', 'target_rank', 'allocation_warmup_fraction', 'allocation_final_fraction'],
  ...['allocation_interval', 'sensitivity_smoothing', 'uncertainty_smoothing'],
];

const statements = [
  // What Theorem 4.4's constants depend on: trainer, base, tokens, labels, train rows, and the adapter with its seed.
  `create function theory_key(definition jsonb, inputs jsonb) returns text language sql immutable as $$
     select encode(sha256(convert_to(jsonb_build_array(definition -> 'trainer', inputs -> 'base' -> 'content_hash',
       inputs -> 'base' -> 'tokenizer_hash', inputs -> 'task', inputs -> 'train',
       (definition -> 'training') - array[${withoutEffect.map((field) => `'${field}'`).join(', ')}])::text, 'UTF8')), 'hex') $$`,
  `alter table sweeps add column theory_key text generated always as (theory_key(definition, inputs)) stored`,

  // Measured once, by whichever sweep comes first; constants null: the probe failed so many times.
  `create table theory_constants (
     theory_key text primary key,
     constants jsonb,
     failures integer not null default 0,
     measured_at timestamptz not null default now())`,
  `insert into theory_constants (theory_key, constants)
     select distinct on (theory_key) theory_key, theory_constants from sweeps
     where theory_constants is not null order by theory_key, created_at`,
  `alter table sweeps drop column theory_constants`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
