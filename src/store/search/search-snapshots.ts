import { gunzipSync, gzipSync } from 'node:zlib';
import { FoldMemory } from '../../search/fold/fold-memory.ts';
import { foldVersion } from '../../search/fold/fold-version.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';

/** Memory of a search after one of its events. */
export interface SearchSnapshot {
  readonly sequence: number;
  readonly token: string;
  readonly memory: FoldMemory;
}

/** Events after which the first is taken; later ones when the log has grown by a quarter, so that all cost as much as one. */
const firstAfter = 2_000;
const growth = 0.25;

interface Folded {
  readonly state: { readonly memory: FoldMemory };
  readonly sequence: number;
  readonly token: string;
  readonly snapshotAt: number;
  readonly canonicalHash: string;
}

/** Writes down what a search remembers, where its log has grown by so much. @returns up to where; null: it has not */
export async function takeSnapshot(tx: DatabaseTransaction, sweepId: string, folded: Folded): Promise<number | null> {
  const { sequence, token, state, snapshotAt, canonicalHash } = folded;
  const isDue = (before: number): boolean => sequence - before >= Math.max(firstAfter, growth * before);
  if (!isDue(snapshotAt)) return null;
  // Another process may have been quicker.
  const known = await tx
    .selectFrom('search_snapshots')
    .select(['sequence', 'fold_version'])
    .where('sweep_id', '=', sweepId)
    .executeTakeFirst();
  if (known?.fold_version === foldVersion && !isDue(known.sequence)) return known.sequence;
  const memory = gzipSync(state.memory.spelled(), { level: 1 });
  const row = {
    sequence,
    token,
    fold_version: foldVersion,
    canonical_hash: canonicalHash,
    memory,
    written_at: new Date(),
  };
  await tx
    .insertInto('search_snapshots')
    .values({ sweep_id: sweepId, ...row })
    .onConflict((conflict) => conflict.column('sweep_id').doUpdateSet(row))
    .execute();
  return sequence;
}

/** The newest snapshot that this version of the fold wrote of a sweep file; null: there is none. */
export async function readSnapshot(
  db: Pick<DatabaseTransaction, 'selectFrom'>,
  { id, canonical_hash: hash }: { readonly id: string; readonly canonical_hash: string },
): Promise<SearchSnapshot | null> {
  const row = await db
    .selectFrom('search_snapshots')
    .select(['sequence', 'token', 'memory'])
    .where('sweep_id', '=', id)
    .where('fold_version', '=', foldVersion)
    .where('canonical_hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { sequence, token, memory } = row;
  return { sequence, token, memory: FoldMemory.read(gunzipSync(memory).toString('utf8')) };
}

export async function forgetSnapshot(db: Pick<DatabaseTransaction, 'deleteFrom'>, sweepId: string): Promise<void> {
  await db.deleteFrom('search_snapshots').where('sweep_id', '=', sweepId).execute();
}
