import { sql } from 'kysely';
import type { SearchDecision } from '../../search/fold/search-event.ts';
import { readSavedSeconds } from '../views/saved-seconds.ts';
import { reasonsByTrial } from './reasons-by-trial.ts';
import { look, type Store } from '../database/open-store.ts';

/** A decision of a search as people look at it. */
export interface DecisionRow {
  readonly sequence: number;
  readonly at: Date;
  readonly kind: SearchDecision['kind'];
  /** The first trial of the training that it is about; null: it is about none. */
  readonly trial: number | null;
  readonly rung: number;
  readonly reason: string;
  readonly point: Readonly<Record<string, number | string>> | null;
}

/** Where trainings of one step in the ladders of a sweep have come to. */
export interface RungRow {
  readonly rung: number;
  readonly step: number;
  /** Trainings that have this rung, that have reached it, and what was decided there. */
  readonly trainings: number;
  readonly reached: number;
  readonly promoted: number;
  readonly pruned: number;
  /** The best that was reported there; greater is better. Null: nothing was. */
  readonly best: number | null;
}

export interface SearchView {
  /** Newest first, from a place among all on. */
  readonly decisions: readonly DecisionRow[];
  readonly from: number;
  readonly total: number;
  readonly rungs: readonly RungRow[];
  /**
   * Training time that pruned trainings would have taken, at their own rate, or at that of their configuration's seeds.
   */
  readonly savedSeconds: number;
}

/** Reads the decisions of a sweep's sampler and scheduler. */
export function readSearchView(
  store: Store,
  sweepId: string,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<SearchView> {
  const decided = sql`e.sweep_id = ${sweepId} and e.kind in ('suggest', 'promote', 'prune', 'stop', 'halt')`;
  return look(store, async (tx) => {
    const counted = await sql<{
      total: number;
    }>`select count(*) as total from search_events e where ${decided}`.execute(tx);
    const { rows: decisions } = await sql<DecisionRow>`
      select e.sequence, e.created_at as at, e.kind, e.rung, coalesce(e.reason, '') as reason, e.point,
        case when e.kind in ('promote', 'prune') then (
          select min(w.trial) from sweep_trainings l join evaluations v on v.training_id = l.training_id
            join sweep_evaluations w on w.evaluation_id = v.id and w.sweep_id = l.sweep_id
          where l.sweep_id = e.sweep_id and l.ordinal = e.ordinal) end as trial
      from search_events e where ${decided}
      order by e.sequence desc limit ${limit} offset ${offset}`.execute(tx);
    const { rows: rungs } = await sql<RungRow>`
      with ladder as (
        select l.ordinal, r.number::integer - 1 as rung, r.step, t.step >= r.step as reached
        from sweep_trainings l join trainings t on t.id = l.training_id
          cross join lateral unnest(l.rung_steps) with ordinality r (step, number)
        where l.sweep_id = ${sweepId}),
      told as (
        select ordinal, rung, bool_or(kind = 'promote') as promoted, bool_or(kind = 'prune') as pruned,
          max(value) filter (where kind in ('report', 'result') and value > '-Infinity') as best
        from search_events where sweep_id = ${sweepId} and kind in ('promote', 'prune', 'report', 'result')
        group by ordinal, rung)
      select a.rung, a.step, count(*) as trainings, count(*) filter (where a.reached) as reached,
        count(*) filter (where b.promoted) as promoted, count(*) filter (where b.pruned) as pruned, max(b.best) as best
      from ladder a left join told b on b.ordinal = a.ordinal and b.rung = a.rung
      group by a.rung, a.step order by a.step, a.rung`.execute(tx);
    const savedSeconds = await readSavedSeconds(tx, sweepId);
    return {
      decisions: await reasonsByTrial(tx, sweepId, decisions),
      from: offset,
      total: counted.rows[0]?.total ?? 0,
      rungs,
      savedSeconds,
    };
  });
}
