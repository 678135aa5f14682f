import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';

/**
 * From now on results are told to a sweep's search; what was reached before is for the caller to tell. Whoever commits
 * changes a segment before it looks whether there is anybody to tell: those that looked too early are awaited, so that
 * the caller finds what they bring, and the others see that the search listens.
 */
export async function beginListening(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await sql`lock table segments in share row exclusive mode`.execute(tx);
  await tx.updateTable('sweeps').set({ listens: true }).where('id', '=', sweepId).execute();
}
