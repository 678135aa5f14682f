import { type Kysely, sql } from 'kysely';

/** The first released schema. Frozen: later changes are later migrations. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create type sweep_state as enum ('running', 'paused', 'completed', 'cancelled')`,
  `create type desired_state as enum ('running', 'paused', 'cancelled')`,
  `create type training_state as enum
     ('active', 'succeeded', 'diverged', 'out_of_memory', 'infeasible', 'crashed', 'pruned', 'cancelled')`,
  `create type segment_kind as enum ('train', 'evaluate')`,
  `create type segment_status as enum ('blocked', 'ready', 'claimed', 'done', 'failed', 'cancelled')`,
  `create type evaluation_status as enum ('pending', 'done', 'failed')`,
  `create type training_origin as enum ('new', 'reused')`,

  `create table deployments (
     id uuid primary key default gen_random_uuid(),
     only_one boolean not null default true unique check (only_one),
     created_at timestamptz not null default now())`,

  `create table datasets (
     hash text primary key,
     row_count integer not null,
     content bytea not null,
     created_at timestamptz not null default now())`,

  `create table sweeps (
     id uuid primary key default gen_random_uuid(),
     name text not null unique,
     canonical_hash text not null,
     definition jsonb not null,
     inputs jsonb not null,
     trainer text not null,
     state sweep_state not null default 'running',
     desired_state desired_state not null default 'running',
     desired_parallelism integer not null check (desired_parallelism >= 1),
     priority integer not null default 0,
     generation integer not null default 0,
     planned_trainings integer not null,
     inserted_trainings integer not null default 0,
     merged_points integer not null,
     trial_count integer not null,
     frozen_plan bytea not null,
     theory_constants jsonb,
     launched_by jsonb not null,
     created_at timestamptz not null default now(),
     finished_at timestamptz)`,

  // step: end of the last train segment that was committed. progress_step: as far as any attempt has told.
  `create table trainings (
     id uuid primary key default gen_random_uuid(),
     training_hash text not null unique,
     specification jsonb not null,
     trainer text not null,
     trainer_version text not null,
     state training_state not null default 'active',
     step integer not null default 0,
     progress_step integer not null default 0,
     total_steps integer not null,
     latest_loss double precision,
     numerics_class text,
     failure jsonb,
     trainable_parameters bigint,
     attempt_count integer not null default 0,
     train_seconds double precision not null default 0,
     created_at timestamptz not null default now(),
     finished_at timestamptz)`,

  // open: this sweep still waits for the training. allowed_step: how far its scheduler lets it go.
  `create table sweep_trainings (
     sweep_id uuid not null references sweeps on delete cascade,
     training_id uuid not null references trainings,
     ordinal integer not null,
     origin training_origin not null,
     rung_steps integer[] not null,
     allowed_step integer not null,
     open boolean not null,
     pruned boolean not null default false,
     released_at timestamptz,
     primary key (sweep_id, training_id),
     unique (sweep_id, ordinal))`,
  `create index sweep_trainings_open on sweep_trainings (sweep_id, ordinal) where open`,
  `create index sweep_trainings_training on sweep_trainings (training_id)`,

  `create table segments (
     id uuid primary key default gen_random_uuid(),
     training_id uuid not null references trainings,
     kind segment_kind not null,
     end_step integer not null,
     status segment_status not null,
     lease_epoch bigint not null default 0,
     lease_expires_at timestamptz,
     worker_id text,
     slot_key text,
     generation integer,
     crash_count integer not null default 0,
     finished_at timestamptz,
     unique (training_id, kind, end_step))
   with (fillfactor = 70)`,
  `create index segments_waiting_evaluations on segments (training_id)
     where kind = 'evaluate' and status in ('ready', 'claimed')`,
  `create index segments_claimed on segments (lease_expires_at) where status = 'claimed'`,

  `create table claims (
     slot_key text not null,
     ordinal integer not null,
     segment_id uuid not null references segments,
     epoch bigint not null,
     created_at timestamptz not null default now(),
     primary key (slot_key, ordinal, segment_id))`,

  `create table attempts (
     segment_id uuid not null references segments,
     epoch bigint not null,
     worker_id text not null,
     slot_key text not null,
     task_token bytea not null,
     numerics_class text not null,
     started_at timestamptz not null default now(),
     ended_at timestamptz,
     outcome text,
     detail text,
     primary key (segment_id, epoch))`,
  `create index attempts_open on attempts (worker_id) where ended_at is null`,

  `create table metrics (
     training_id uuid not null references trainings,
     name text not null,
     first_step integer not null,
     values double precision[] not null,
     epoch bigint not null,
     primary key (training_id, name, first_step))`,

  `create table checkpoints (
     id bigint generated always as identity primary key,
     training_id uuid not null references trainings,
     step integer not null,
     epoch bigint not null,
     numerics_class text not null,
     store_id text not null,
     uri text not null,
     sha256 text not null,
     bytes bigint not null,
     created_at timestamptz not null default now(),
     unique (training_id, step, epoch))`,

  `create table evaluations (
     id uuid primary key default gen_random_uuid(),
     evaluation_hash text not null unique,
     training_id uuid not null references trainings,
     at_step integer not null,
     configuration jsonb not null,
     dataset_hash text not null,
     dataset_rows integer not null,
     member_key text not null,
     status evaluation_status not null default 'pending',
     accuracy double precision,
     loss double precision,
     ece double precision,
     collapsed boolean,
     metrics jsonb,
     predictions_sha256 text,
     finished_at timestamptz)`,
  `create index evaluations_training on evaluations (training_id, at_step)`,

  `create table evaluation_members (
     training_id uuid not null references trainings,
     at_step integer not null,
     member_key text not null,
     member integer not null,
     logits bytea not null,
     primary key (training_id, at_step, member_key, member))`,

  `create table sweep_evaluations (
     sweep_id uuid not null references sweeps on delete cascade,
     evaluation_id uuid not null references evaluations,
     trial integer not null,
     primary key (sweep_id, evaluation_id),
     unique (sweep_id, trial))`,

  `create table search_events (
     sweep_id uuid not null references sweeps on delete cascade,
     sequence integer not null,
     kind text not null,
     ordinal integer not null,
     rung integer not null,
     value double precision,
     created_at timestamptz not null default now(),
     primary key (sweep_id, sequence),
     unique (sweep_id, kind, ordinal, rung))`,

  `create table workers (
     id text primary key,
     host text not null,
     pid integer not null,
     process_started text not null,
     role text not null,
     slots integer not null,
     numerics_class text,
     slot_states jsonb not null default '[]',
     started_at timestamptz not null default now(),
     last_seen timestamptz not null default now(),
     ended_at timestamptz)`,

  `create table sweep_events (
     id bigint generated always as identity primary key,
     sweep_id uuid references sweeps on delete cascade,
     training_id uuid references trainings,
     kind text not null,
     detail jsonb not null default '{}',
     created_at timestamptz not null default now())`,
  `create index sweep_events_sweep on sweep_events (sweep_id, id)`,
  `create index sweep_events_training on sweep_events (training_id, id)`,

  `create table commands (
     id uuid primary key,
     sweep_id uuid not null references sweeps on delete cascade,
     kind text not null,
     detail jsonb not null default '{}',
     created_at timestamptz not null default now())`,
];
