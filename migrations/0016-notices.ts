import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Whom a sweep tells something by itself, and how.
  `create table notices (
     id bigint generated always as identity primary key,
     sweep_id uuid not null references sweeps on delete cascade,
     target_kind text not null,
     target text not null,
     host text,
     folder text,
     created_at timestamptz not null default now())`,
  `create index notices_sweep on notices (sweep_id)`,
  // On what. What a condition has told is its memory; one that was looked at after its sweep's end rests.
  `create table notice_conditions (
     notice_id bigint not null references notices on delete cascade,
     condition text not null,
     memory jsonb not null default 'null',
     looked_at_end timestamptz,
     primary key (notice_id, condition))`,
  // What is to be told. A claim counts the attempt up, and only the newest attempt may say how it ended.
  `create table notice_deliveries (
     id uuid primary key,
     notice_id bigint not null references notices on delete cascade,
     condition text not null,
     payload jsonb not null,
     state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
     attempt integer not null default 0,
     due_at timestamptz not null default now(),
     claimed_until timestamptz,
     problem text,
     created_at timestamptz not null default now(),
     settled_at timestamptz)`,
  `create unique index notice_deliveries_pending on notice_deliveries (notice_id, condition) where state = 'pending'`,
  `create index notice_deliveries_due on notice_deliveries (due_at) where state = 'pending'`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
