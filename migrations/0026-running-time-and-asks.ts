import { type Kysely, sql } from 'kysely';

/* Written once and never changed: what comes later is a migration of its own. */

const statements = [
  // How long a sweep has run, up to the last time that it began or went on: a budget of hours counts this. The database
  // keeps it, since a sweep's state is changed in many places.
  'alter table sweeps add column ran_seconds double precision not null default 0, add column running_since timestamptz',
  // As it was counted before: from the launch on. Where a sweep stands still, up to when it did.
  `update sweeps s set
     running_since = case when state = 'running' then created_at end,
     ran_seconds = case when state = 'running' then 0 else extract(epoch from greatest(s.created_at, coalesce(
       s.finished_at, (select max(c.created_at) from commands c where c.sweep_id = s.id), s.created_at)) - s.created_at) end`,
  `create function count_running_time() returns trigger language plpgsql as $$
   begin
     if old.running_since is not null then
       new.ran_seconds := old.ran_seconds + greatest(0, extract(epoch from now() - old.running_since));
     end if;
     new.running_since := case when new.state = 'running' then now() end;
     return new;
   end $$`,
  `create trigger sweeps_count_running_time before update of state on sweeps
   for each row when (old.state is distinct from new.state) execute function count_running_time()`,
  `create function begin_running_time() returns trigger language plpgsql as $$
   begin
     if new.state = 'running' then new.running_since := now(); end if;
     return new;
   end $$`,
  `create trigger sweeps_begin_running_time before insert on sweeps
   for each row execute function begin_running_time()`,
  // Leases of programs that ask: those of a sweep that are not over yet, and what was told last under each, by its hash,
  // with the answer: told again, it is answered the same.
  `create table asks (
     lease text primary key,
     sweep_id uuid not null references sweeps on delete cascade,
     over boolean not null default false,
     told text,
     answer jsonb,
     created_at timestamptz not null default now())`,
  'create index asks_sweep on asks (sweep_id) where not over',
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
