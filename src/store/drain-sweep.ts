import { sql } from 'kysely';
import type { DatabaseTransaction } from './database/open-store.ts';
import { writeSweepEvent } from './segments/settle-trainings.ts';

/** From now on nothing of a sweep begins; what was begun comes to its end. */
export async function beginDraining(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await sql`update sweeps set draining = true where id = ${sweepId}`.execute(tx);
}

/**
 * Pauses a sweep that drains once nothing of it that was begun is worked on or could be. A training that waits at a rung for
 * others is at its end here: those that it waits for do not begin.
 */
export async function pauseDrained(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update sweeps s set draining = false, state = 'paused', desired_state = 'paused'
    where s.id = ${sweepId} and s.draining and s.state = 'running' and not exists (
      select 1 from sweep_trainings l join trainings t on t.id = l.training_id
        join segments g on g.training_id = t.id
      where l.sweep_id = s.id and l.open and t.attempt_count > 0 and g.status in ('ready', 'claimed'))
    returning s.id`.execute(tx);
  for (const { id } of rows) await writeSweepEvent(tx, { sweepId: id, kind: 'drained' });
}
