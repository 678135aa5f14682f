import { sql } from 'kysely';
import { type Cancelled, type Replay, replaySearch } from '../../search/fold/replay.ts';
import { PointOrdinals } from '../../search/planning/point-ordinals.ts';
import { searchedAxes } from '../../search/space/repeats.ts';
import { spaceAxes } from '../../search/space/space-axes.ts';
import { sweepNotFound } from '../commands.ts';
import type { Store } from '../database/open-store.ts';
import { reasonsByTrial } from './reasons-by-trial.ts';
import { readSearchLog, type StagedSweep, stagesOf } from './search-log.ts';
import { forgetSnapshot, readSnapshot } from './search-snapshots.ts';

/**
 * Folds a sweep's log again, from its beginning, and compares each decision, and the newest snapshot of what it
 * remembers; one that is wrong is forgotten.
 * @throws SWEEP_NOT_FOUND
 */
export async function replaySearchOf(store: Store, name: string): Promise<Replay & { readonly listens: boolean }> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'former_stages', 'canonical_hash', 'listens', 'desired_state'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(store.db, name);
  const log = await readSearchLog(store.db, sweep.id);
  const snapshot = await readSnapshot(store.db, sweep);
  const replayed = replaySearch(stagesOf(sweep), log, snapshot, await cancelledOf(store, sweep));
  if (replayed.snapshot?.agrees === false) await forgetSnapshot(store.db, sweep.id);
  return { ...replayed, listens: sweep.listens };
}

async function cancelledOf(
  store: Store,
  { id, desired_state: desired }: { readonly id: string; readonly desired_state: string },
): Promise<Cancelled> {
  if (desired === 'cancelled') return 'now';
  const cancel = await store.db
    .selectFrom('commands')
    .select('kind')
    .where('sweep_id', '=', id)
    .where('kind', '=', 'cancel')
    .limit(1)
    .executeTakeFirst();
  return cancel === undefined ? 'never' : 'once';
}

/** Of which point of the search a training is; its ordinal may have come with an extension. */
async function pointOf(store: Store, sweepId: string, link: StagedSweep & { readonly ordinal: number }) {
  const seeds = stagesOf(link).map(({ definition }) => searchedAxes(spaceAxes(definition)).seeds.length);
  const { rows } = await sql<{ kind: 'suggest' | 'extended'; value: number | null }>`
    select kind, value from search_events where sweep_id = ${sweepId} and kind in ('suggest', 'extended')
    order by sequence`.execute(store.db);
  const ordinals = new PointOrdinals();
  let stage = 0;
  for (const { kind, value } of rows) {
    if (kind === 'extended') stage = value ?? 0;
    if (kind === 'suggest') ordinals.add(Math.max(1, seeds[stage] ?? 1));
    else ordinals.widen(Math.max(1, seeds[stage] ?? 1));
  }
  return ordinals.pointOf(link.ordinal) ?? -1;
}

const decidedWords = { promote: 'promoted', prune: 'pruned', suggest: 'suggested' };
/** Of one that has waited to begin. */
const startWords = { promote: 'begun', prune: 'not needed', suggest: 'suggested' };

/** The decisions on a training in a sweep, in words, the oldest first. */
export async function readDecisions(store: Store, sweepId: string, trainingId: string): Promise<readonly string[]> {
  const link = await store.db
    .selectFrom('sweep_trainings')
    .innerJoin('sweeps', 'sweeps.id', 'sweep_id')
    .select(['ordinal', 'definition', 'inputs', 'former_stages'])
    .where('sweep_id', '=', sweepId)
    .where('training_id', '=', trainingId)
    .executeTakeFirstOrThrow();
  const point = await pointOf(store, sweepId, link);
  const { rows } = await sql<{
    kind: keyof typeof decidedWords;
    rung: number;
    reason: string | null;
    sequence: number;
  }>`
    select kind, rung, reason, sequence from search_events
    where sweep_id = ${sweepId} and ((kind in ('promote', 'prune') and ordinal = ${link.ordinal})
      or (kind = 'suggest' and ordinal = ${point}))
    order by sequence`.execute(store.db);
  return (await reasonsByTrial(store.db, sweepId, rows)).map(({ kind, rung, reason, sequence }) => {
    const why = reason ?? `rung ${rung}, by a version that noted no reason`;
    return `${rung < 0 ? startWords[kind] : decidedWords[kind]} at event ${sequence}: ${why}`;
  });
}
