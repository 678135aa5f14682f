import { sql } from 'kysely';
import type { DatabaseTransaction } from '../../database/open-store.ts';

/** Memory for one step of a query that folds all trials of a large sweep: with the default it sorts on disk. */
export async function allowFolding(tx: DatabaseTransaction): Promise<void> {
  await sql`set local work_mem = '32MB'`.execute(tx);
}
