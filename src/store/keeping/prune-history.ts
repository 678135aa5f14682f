import { sql } from 'kysely';
import { type Store, transact } from '../database/open-store.ts';
import { slotKeyOf } from '../programs/leases.ts';

/** How much of the past there is to forget, or was forgotten. */
export interface PrunedHistory {
  readonly attempts: number;
  readonly metrics: number;
  readonly events: number;
}

/** Ended for so many days, and nobody waits for it. */
const over = (days: number) => sql`(
  select t.id from trainings t
  where t.state <> 'active' and t.finished_at < now() - ${days} * interval '1 day'
    and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open))`;

/** Of trainings that ended long ago: how they were tried, and what was told of them. What they came to stays. */
const endedAttempts = (days: number) => sql`
  a.ended_at is not null and exists (select 1 from segments s
    where s.id = a.segment_id and s.status in ('done', 'cancelled') and s.training_id in ${over(days)})`;

/** Who was given which segment at which turn: asked of what runs, or ran in the turn before. */
const endedClaims = (days: number) => sql`
  exists (select 1 from segments s
    where s.id = c.segment_id and s.status in ('done', 'cancelled') and s.training_id in ${over(days)})`;

/** Losses and norms by step: a training that failed, or whose end may be looked into, keeps them with its checkpoint. */
const stepMetrics = (days: number, kept: readonly string[]) => sql`
  m.training_id in ${over(days)} and m.training_id <> all(${kept}::uuid[])
  and exists (select 1 from trainings t where t.id = m.training_id and t.state = 'succeeded')`;

const events = (days: number) => sql`
  e.training_id in ${over(days)} and e.created_at < now() - ${days} * interval '1 day'`;

/** @param kept trainings whose metrics by step stay: of fronts, or pinned */
export async function historyToPrune(store: Store, days: number, kept: readonly string[]): Promise<PrunedHistory> {
  const { rows } = await sql<PrunedHistory>`
    select (select count(*) from attempts a where ${endedAttempts(days)}) as attempts,
      (select count(*) from metrics m where ${stepMetrics(days, kept)}) as metrics,
      (select count(*) from sweep_events e where ${events(days)}) as events`.execute(store.db);
  const [row] = rows;
  if (row === undefined) throw new Error('counts are one row');
  return row;
}

/**
 * Forgets attempts with their claims and leases, metrics by step and events of trainings that ended long ago. Never results:
 * states, evaluations, their members, decisions of searches and commands stay.
 */
export function pruneHistory(store: Store, days: number, kept: readonly string[]): Promise<PrunedHistory> {
  return transact(store, async (tx) => {
    const count = ({ numAffectedRows }: { readonly numAffectedRows?: bigint }) => Number(numAffectedRows ?? 0);
    await sql`delete from claims c where ${endedClaims(days)}`.execute(tx);
    await sql`
      delete from asks a where a.created_at < now() - ${days} * interval '1 day'
        and not exists (select 1 from claims c where c.slot_key = ${slotKeyOf('')}::text || a.lease)`.execute(tx);
    return {
      metrics: count(await sql`delete from metrics m where ${stepMetrics(days, kept)}`.execute(tx)),
      events: count(await sql`delete from sweep_events e where ${events(days)}`.execute(tx)),
      attempts: count(await sql`delete from attempts a where ${endedAttempts(days)}`.execute(tx)),
    };
  });
}
