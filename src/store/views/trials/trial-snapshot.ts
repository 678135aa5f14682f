import type { Store } from '../../database/open-store.ts';
import { readNumericsClasses, readSweepSnapshot } from '../sweep-reader.ts';
import type { SweepSnapshot } from '../sweep-snapshot.ts';

const byNumber = { by: 'trial', name: '', direction: 'minimize' } as const;

/**
 * A sweep with one of its trials alone: of a large one, the others are not read. Where there is no trial of this number, it
 * has another.
 * @throws SWEEP_NOT_FOUND
 */
export async function readTrialSnapshot(store: Store, sweep: string, number: number): Promise<SweepSnapshot> {
  const page = { sort: byNumber, offset: number - 1 };
  const snapshot = await readSweepSnapshot(store, sweep, { trialLimit: 1, page, savings: true });
  return { ...snapshot, numericsClasses: await readNumericsClasses(store.db, snapshot.sweepId) };
}
