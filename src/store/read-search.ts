import { sql } from 'kysely';
import { type Replay, replaySearch } from '../search/replay.ts';
import { searchedAxes } from '../search/repeats.ts';
import { spaceAxes } from '../search/space-axes.ts';
import { sweepNotFound } from './commands.ts';
import type { Store } from './open-store.ts';
import { readSearchLog } from './search-log.ts';

/**
 * Folds a sweep's log again, from its beginning, and compares each decision.
 * @throws SWEEP_NOT_FOUND
 */
export async function replaySearchOf(store: Store, name: string): Promise<Replay & { readonly listens: boolean }> {
  const sweep = await store.db
    .selectFrom('sweeps')
    .select(['id', 'definition', 'inputs', 'listens'])
    .where('name', '=', name)
    .executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(store.db, name);
  const log = await readSearchLog(store.db, sweep.id);
  return { ...replaySearch(sweep.definition, sweep.inputs, log), listens: sweep.listens };
}

const decidedWords = { promote: 'promoted', prune: 'pruned', suggest: 'suggested' };
/** Of one that has waited to begin. */
const startWords = { promote: 'begun', prune: 'not needed', suggest: 'suggested' };

/** The decisions on a training in a sweep, in words, the oldest first. */
export async function readDecisions(store: Store, sweepId: string, trainingId: string): Promise<readonly string[]> {
  const link = await store.db
    .selectFrom('sweep_trainings')
    .innerJoin('sweeps', 'sweeps.id', 'sweep_id')
    .select(['ordinal', 'definition'])
    .where('sweep_id', '=', sweepId)
    .where('training_id', '=', trainingId)
    .executeTakeFirstOrThrow();
  const repeats = Math.max(1, searchedAxes(spaceAxes(link.definition)).seeds.length);
  const point = Math.floor(link.ordinal / repeats);
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
  return rows.map(({ kind, rung, reason, sequence }) => {
    const why = reason ?? `rung ${rung}, by a version that noted no reason`;
    return `${rung < 0 ? startWords[kind] : decidedWords[kind]} at event ${sequence}: ${why}`;
  });
}
