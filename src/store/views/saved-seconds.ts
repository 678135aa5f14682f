import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';

/**
 * Seconds that the steps which a sweep's pruned trainings did not take would have cost: at each one's own rate, or at that of
 * its configuration's other seeds, or else at the sweep's.
 */
export async function readSavedSeconds(db: Pick<DatabaseTransaction, 'getExecutor'>, sweepId: string): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    with own as (
      select l.pruned, t.total_steps - t.step as left, t.train_seconds, t.step,
        (t.specification -> 'configuration') - 'seed' as configuration
      from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweepId}),
    rates as (
      select configuration, sum(train_seconds) / sum(step) as rate from own where step > 0 group by configuration)
    select sum(o.left * case when o.step > 0 then o.train_seconds / o.step else coalesce(r.rate,
        (select sum(train_seconds) / sum(step) from own where step > 0)) end) as seconds
    from own o left join rates r on r.configuration = o.configuration where o.pruned`.execute(db);
  return rows[0]?.seconds ?? 0;
}
