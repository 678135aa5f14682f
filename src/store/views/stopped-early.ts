import { sql } from 'kysely';
import type { Store } from '../database/open-store.ts';

/** By training of a sweep the step at which its own `patience` ended it; others have none. */
export async function readStoppedEarly({ db }: Store, sweepId: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; step: number }>`
    select v.training_id as id, max((v.detail ->> 'step')::integer) as step
    from sweep_trainings l join sweep_events v on v.training_id = l.training_id
    where l.sweep_id = ${sweepId} and v.kind = 'stopped_early' group by v.training_id`.execute(db);
  return new Map(rows.map(({ id, step }) => [id, step]));
}
