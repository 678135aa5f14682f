import { sql } from 'kysely';
import { DropsweepError } from '../base/errors.ts';
import { sweepNotFound } from './commands.ts';
import { type DatabaseTransaction, type Store, transact } from './database/open-store.ts';

/** Tags and note that people gave a sweep, or one of its trials. */
export interface Annotation {
  /** In alphabetical order, each once. */
  readonly tags: readonly string[];
  readonly note: string | null;
}

export interface AnnotationChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** null: takes the note away; absent: leaves it. */
  readonly note?: string | null;
}

/**
 * Changes what is said, all or nothing, and answers with what is said then; without a change it only reads.
 * @param trial null: of the sweep itself
 * @throws DropsweepError SWEEP_NOT_FOUND
 */
export async function annotate(
  store: Store,
  { sweep, trial }: { readonly sweep: string; readonly trial: number | null },
  { add = [], remove = [], note }: AnnotationChange,
): Promise<Annotation> {
  return transact(store, async (tx) => {
    const place = await placeOf(tx, sweep, trial);
    const before = await tx
      .selectFrom('annotations')
      .select(['id', 'tags', 'note'])
      .where('sweep_id', '=', place.sweepId)
      .where('evaluation_id', place.evaluationId === null ? 'is' : '=', place.evaluationId)
      .executeTakeFirst();
    const kept = [...(before?.tags ?? []), ...add].filter((tag) => !remove.includes(tag));
    const tags = [...new Set(kept)].sort();
    const said = note === undefined ? (before?.note ?? null) : note;
    if (before !== undefined) {
      await sql`
        update annotations set tags = ${tags}::text[], note = ${said}, changed_at = now()
        where id = ${before.id} and (tags <> ${tags}::text[] or note is distinct from ${said})`.execute(tx);
    } else if (tags.length > 0 || said !== null) {
      await sql`
        insert into annotations (sweep_id, evaluation_id, tags, note)
        values (${place.sweepId}, ${place.evaluationId}, ${tags}::text[], ${said})`.execute(tx);
    }
    return { tags, note: said };
  });
}

/** Locks the sweep, so that two who annotate it at once come one after the other. */
async function placeOf(
  tx: DatabaseTransaction,
  name: string,
  trial: number | null,
): Promise<{ readonly sweepId: string; readonly evaluationId: string | null }> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['id', 'trial_count'])
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(tx, name);
  if (trial === null) return { sweepId: sweep.id, evaluationId: null };
  const link = await tx
    .selectFrom('sweep_evaluations')
    .select('evaluation_id')
    .where('sweep_id', '=', sweep.id)
    .where('trial', '=', trial)
    .executeTakeFirst();
  if (link !== undefined) return { sweepId: sweep.id, evaluationId: link.evaluation_id };
  throw new DropsweepError('SWEEP_NOT_FOUND', `the sweep ${name} has no trial ${trial}`, {
    expected: `1 to ${sweep.trial_count}`,
    fix: `dropsweep show ${name} lists them`,
  });
}
