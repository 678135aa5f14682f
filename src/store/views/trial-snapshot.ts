import { sql } from 'kysely';
import type { Store } from '../database/open-store.ts';
import { readSweepSnapshot } from './sweep-reader.ts';
import type { SweepSnapshot } from './sweep-snapshot.ts';

const byNumber = { by: 'trial', name: '', direction: 'minimize' } as const;

/**
 * A sweep with one of its trials alone: of a large one, the others are not read. Where there is no trial of this number, it
 * has another.
 * @throws SWEEP_NOT_FOUND
 */
export async function readTrialSnapshot(store: Store, sweep: string, number: number): Promise<SweepSnapshot> {
  const page = { sort: byNumber, offset: number - 1 };
  const snapshot = await readSweepSnapshot(store, sweep, { trialLimit: 1, page });
  const { rows } = await sql<{ numerics_class: string }>`
    select distinct t.numerics_class from sweep_trainings l join trainings t on t.id = l.training_id
    where l.sweep_id = ${snapshot.sweepId} and t.numerics_class is not null`.execute(store.db);
  return { ...snapshot, numericsClasses: rows.map(({ numerics_class }) => numerics_class) };
}
