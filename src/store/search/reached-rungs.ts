import { sql } from 'kysely';
import { turned } from '../../search/estimates/turned.ts';
import { clocksOf } from '../../search/fold/budget.ts';
import { type FailureKind, failureKinds } from '../../sweep/failure-kinds.ts';
import type { Budget } from '../../sweep/file/read-budget.ts';
import { furtherObjectives, pairedRowsMetric } from '../../search/fold/heard-objectives.ts';
import type { SearchFact } from '../../search/fold/search-event.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { ranSeconds } from './running-time.ts';
import type { SearchingSweep } from './search-log.ts';

interface RungRow {
  readonly ordinal: number;
  /** From 0, in the sweep's ladder; the last is the end of the training. */
  readonly rung: number;
  readonly rungs: number;
  /** Null: it has not failed. */
  readonly failure: FailureKind | null;
  /** Its evaluation there: still to come, done, or never (the training ran past it without a checkpoint). */
  readonly reached: 'later' | 'done' | 'never';
  readonly value: number | null;
  /** Of the other objectives that the search decides by. */
  readonly others: readonly (number | null)[];
  /** Of the first objective, where the search pairs rows and it was scored for that. */
  readonly row_groups: readonly number[] | null;
  readonly spent: number;
  readonly elapsed: number;
}

/** A search with the budget that it has now. */
interface ReachingSearch {
  readonly sweep: Pick<SearchingSweep, 'id' | 'definition'>;
  readonly state: { readonly budget: Budget };
}

/**
 * Scores that these trainings have reached at rungs of the sweep, whether it has been told or not: a report, or at the
 * training's end a result. The value is that of the sweep's own first evaluation at the rung. A training that ran past
 * the rung on another sweep's behalf is ranked by what it reached next.
 */
export async function reachedRungs(
  tx: DatabaseTransaction,
  { sweep: { id, definition }, state: { budget } }: ReachingSearch,
  trainingIds: readonly string[],
): Promise<readonly SearchFact[]> {
  const objective = definition.objectives[0];
  const further = furtherObjectives(definition);
  const pairs = pairedRowsMetric(definition) !== null;
  const { rows } = await sql<RungRow>`
    select l.ordinal, r.number::integer - 1 as rung, array_length(l.rung_steps, 1) as rungs,
      case when t.state::text = any(${[...failureKinds]}::text[]) then t.state end as failure,
      case when e.status = 'done' then 'done'
        when exists (select 1 from checkpoints c where c.training_id = t.id and c.step > r.step offset 0)
          and not exists (select 1 from checkpoints c where c.training_id = t.id and c.step = r.step offset 0)
          then 'never'
        else 'later' end as reached,
      (e.metrics ->> ${objective?.metric ?? ''})::double precision as value,
      array(select (e.metrics ->> o.name)::double precision
        from unnest(${further.map(({ metric }) => metric)}::text[]) with ordinality o (name, place) order by o.place) as others,
      case when ${pairs} then e.row_groups end as row_groups,
      t.train_seconds as spent,
      (select ${ranSeconds('w')} from sweeps w where w.id = l.sweep_id) as elapsed
    from sweep_trainings l
      join trainings t on t.id = l.training_id
      join lateral (
        select f.evaluation_hash from sweep_evaluations w join evaluations f on f.id = w.evaluation_id
        where w.sweep_id = l.sweep_id and f.training_id = l.training_id order by w.trial limit 1) own on true
      join lateral unnest(l.rung_steps) with ordinality r (step, number) on true
      join evaluations e on e.evaluation_hash = case when r.step = t.total_steps then own.evaluation_hash
        else encode(sha256(convert_to(own.evaluation_hash || '@' || r.step, 'UTF8')), 'hex') end
    where l.sweep_id = ${id} and l.training_id = any(${trainingIds}::uuid[]) and not l.pruned
      and (t.step > 0 or t.state <> 'active')
    order by l.ordinal, rung`.execute(tx);
  const scored = scoredRungs(rows);
  return rows.flatMap((row, index): readonly SearchFact[] => {
    const { ordinal, rung } = row;
    const kind = rung === row.rungs - 1 ? 'result' : 'report';
    const next = scored[index];
    const clocks = clockFacts(row, budget);
    if (next?.reached === 'done') {
      const groups = kind === 'result' ? (next.row_groups ?? []) : [];
      const others = [
        ...further.map((each, place) => rankOf(next.others[place] ?? null, each)),
        ...groups.map((group) => rankOf(group, objective)),
      ];
      const told = { kind, ordinal, rung, value: rankOf(next.value, objective) } as const;
      return [...clocks, others.length === 0 ? told : { ...told, further: others }];
    }
    return row.failure === null ? [] : [...clocks, { kind, ordinal, rung, value: null, failure: row.failure }];
  });
}

/**
 * By which rung each is ranked: the next of its training that was not run past, itself included. Each is looked at once:
 * a budget that is set tells a search of all that it has trained.
 * @param rungs by trainings, and of each in their order
 */
export function scoredRungs<Rung extends Pick<RungRow, 'ordinal' | 'reached'>>(
  rungs: readonly Rung[],
): readonly (Rung | null)[] {
  const scored: (Rung | null)[] = [];
  let next: Rung | null = null;
  let training: number | null = null;
  for (const rung of rungs.toReversed()) {
    const { ordinal, reached } = rung;
    if (reached !== 'never') next = rung;
    else if (ordinal !== training) next = null;
    training = ordinal;
    scored.push(next);
  }
  return scored.reverse();
}

/** Facts that the sweep's budget needs beside a result, and before it. */
function clockFacts({ ordinal, rung, spent, elapsed }: RungRow, budget: Budget): readonly SearchFact[] {
  const clocks = clocksOf(budget);
  return [
    ...(clocks.spent ? [{ kind: 'spent' as const, ordinal, rung, value: spent }] : []),
    ...(clocks.elapsed ? [{ kind: 'elapsed' as const, ordinal: 0, rung: 0, value: elapsed }] : []),
  ];
}

/** Greater is better. An evaluation without the metric is the worst, but no failure: its training gets a decision. */
function rankOf(value: number | null, objective: Objective | undefined): number {
  return value === null || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : turned(value, objective);
}

/** Reads the clocks that a budget needs, as far as the search has not heard of them. */
export async function readClocks(
  tx: DatabaseTransaction,
  sweepId: string,
  budget: Budget,
): Promise<readonly SearchFact[]> {
  const { spent, elapsed } = clocksOf(budget);
  return [...(spent ? await readSpent(tx, sweepId) : []), ...(elapsed ? await readElapsed(tx, sweepId) : [])];
}

/** How long slots have trained each training, where that is more than the log has. */
async function readSpent(tx: DatabaseTransaction, sweepId: string): Promise<readonly SearchFact[]> {
  const { rows } = await sql<{ ordinal: number; spent: number }>`
    with heard as materialized (
      select distinct on (ordinal) ordinal, value from search_events
      where sweep_id = ${sweepId} and kind = 'spent' order by ordinal, sequence desc)
    select l.ordinal, t.train_seconds as spent
    from sweep_trainings l join trainings t on t.id = l.training_id left join heard h on h.ordinal = l.ordinal
    where l.sweep_id = ${sweepId} and t.train_seconds > coalesce(h.value, 0) order by l.ordinal`.execute(tx);
  return rows.map(({ ordinal, spent }) => ({ kind: 'spent', ordinal, rung: 0, value: spent }));
}

/** How long the sweep has run: one row, whatever its size. */
async function readElapsed(tx: DatabaseTransaction, sweepId: string): Promise<readonly SearchFact[]> {
  const { rows } = await sql<{ elapsed: number }>`
    select ${ranSeconds('w')} as elapsed from sweeps w where w.id = ${sweepId}`.execute(tx);
  return rows.map(({ elapsed }) => ({ kind: 'elapsed', ordinal: 0, rung: 0, value: elapsed }));
}
