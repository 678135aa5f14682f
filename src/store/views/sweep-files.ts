import { sql } from 'kysely';
import type { Store } from '../database/open-store.ts';

/**
 * Keeps the text that a sweep was launched from, or was extended by.
 * @param kind of what recording it did: a sweep that was there already keeps the text that it has
 */
export async function keepSweepFile(
  store: Store,
  sweepId: string,
  content: string,
  kind: 'created' | 'attached' | 'extended',
): Promise<void> {
  await store.db
    .insertInto('sweep_files')
    .values({ sweep_id: sweepId, content })
    .onConflict((conflict) =>
      kind === 'attached'
        ? conflict.column('sweep_id').doNothing()
        : conflict.column('sweep_id').doUpdateSet({ content, recorded_at: sql`now()` }),
    )
    .execute();
}

/** Null: it was recorded by an older version, or no file described it. */
export async function readSweepFileText(store: Store, sweepId: string): Promise<string | null> {
  const row = await store.db
    .selectFrom('sweep_files')
    .select('content')
    .where('sweep_id', '=', sweepId)
    .executeTakeFirst();
  return row?.content ?? null;
}
