import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { settleTrainings } from './settle-trainings.ts';

/** It had succeeded, and was only trained again for what is let go of now. */
const scoredBefore = sql`exists (
  select 1 from evaluations e where e.training_id = t.id and e.at_step = t.total_steps and e.status = 'done')`;

/**
 * Ends trainings that no sweep waits for any more. A worker that still runs one finds its lease stale.
 * @returns ids of those that were ended; all has followed that follows from it
 */
export async function letGo(
  tx: DatabaseTransaction,
  trainingIds: readonly string[],
  state: 'pruned' | 'cancelled',
): Promise<readonly string[]> {
  if (trainingIds.length === 0) return [];
  // Two sweeps that let go at once must not each see the other's link as open: whoever locks last sees both closed.
  await sql`select id from trainings where id = any(${trainingIds}::uuid[]) order by id for update`.execute(tx);
  const { rows } = await sql<{ id: string }>`
    update trainings t set finished_at = now(),
      state = (case when ${scoredBefore} then 'succeeded' else ${state} end)::training_state,
      step = case when ${scoredBefore} then t.total_steps else t.step end
    where t.id = any(${trainingIds}::uuid[]) and t.state = 'active'
      and not exists (select 1 from sweep_trainings l where l.training_id = t.id and l.open)
    returning t.id`.execute(tx);
  const ids = rows.map((row) => row.id);
  await sql`
    with ended as (
      update segments set status = 'cancelled', lease_epoch = lease_epoch + 1, lease_expires_at = null,
        worker_id = null, slot_key = null
      where training_id = any(${ids}::uuid[]) and status = 'claimed'
      returning id
    )
    update attempts a set ended_at = now(), outcome = 'cancelled'
    from ended where a.segment_id = ended.id and a.ended_at is null`.execute(tx);
  await settleTrainings(tx, ids);
  if (state === 'pruned')
    await sql`
      insert into sweep_events (training_id, kind) select id, 'pruned' from unnest(${ids}::uuid[]) as ended (id)`.execute(
      tx,
    );
  return ids;
}
