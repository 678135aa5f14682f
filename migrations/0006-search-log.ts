import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // Decisions with why, and after which event they were made; who wrote a stretch of the log, for those who remember it.
  `alter table search_events add column reason text, add column point jsonb, add column decided_at integer,
     add column token uuid not null default gen_random_uuid()`,
  // A failure that is taken back may be reported again; what was decided never is.
  `alter table search_events drop constraint search_events_sweep_id_kind_ordinal_rung_key`,
  `create unique index search_events_decided on search_events (sweep_id, kind, ordinal, rung)
     where kind in ('suggest', 'promote', 'prune')`,

  // listens: results are told to the search. searching: it may suggest more than was inserted so far.
  `alter table sweeps add column listens boolean not null default false,
     add column searching boolean not null default false`,
  `update sweeps set listens = true where definition -> 'scheduler' ->> 'kind' <> 'none'`,
  `insert into search_events (sweep_id, sequence, kind, ordinal, rung, value)
     select id, -1, 'planned', 0, 0, planned_trainings from sweeps where listens`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
