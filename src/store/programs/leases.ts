import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { Answer } from './tell-training.ts';

/** In the record a lease is the key of a slot that nobody else has. */
export function slotKeyOf(lease: string): string {
  return `ask/${lease}`;
}

/** What a lease holds, of rows `a` of asks: a segment `s` that nobody has taken over, and that has not ended. */
const held = sql`claims c join segments s on s.id = c.segment_id and s.lease_epoch = c.epoch and s.slot_key = c.slot_key
    and s.status = 'claimed'
  where c.slot_key = ${slotKeyOf('')}::text || a.lease`;

/**
 * How many trainings of a sweep are given out under other leases that have not run out. Until the transaction's end
 * nobody else counts: no two take the last place.
 */
export async function countLeases(tx: DatabaseTransaction, sweepId: string, own: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${sweepId}, 2))`.execute(tx);
  // Those that hold nothing any more are not looked at again.
  await sql`
    update asks a set over = true where a.sweep_id = ${sweepId} and not a.over
      and not exists (select 1 from ${held} offset 0)`.execute(tx);
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from asks a where a.sweep_id = ${sweepId} and not a.over and a.lease <> ${own}
      and exists (select 1 from ${held} and s.lease_expires_at >= now() offset 0)`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Notes a lease that was given out; the second time nothing. */
export async function noteLease(tx: DatabaseTransaction, sweepId: string, lease: string): Promise<void> {
  await tx
    .insertInto('asks')
    .values({ lease, sweep_id: sweepId })
    .onConflict((conflict) => conflict.column('lease').doNothing())
    .execute();
}

/** The answer that the same was given under a lease, where it was the last; null: it is new. Others wait with theirs. */
export async function answerTo(tx: DatabaseTransaction, lease: string, told: string): Promise<Answer | null> {
  const last = await tx
    .selectFrom('asks')
    .select(['told', 'answer'])
    .where('lease', '=', lease)
    .forUpdate()
    .executeTakeFirst();
  return last?.told === told ? last.answer : null;
}

export async function noteAnswer(tx: DatabaseTransaction, lease: string, told: string, answer: Answer): Promise<void> {
  await tx
    .updateTable('asks')
    .set({ told, answer: JSON.stringify(answer), over: answer.answer === 'stop' })
    .where('lease', '=', lease)
    .execute();
}
