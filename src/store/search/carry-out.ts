import { sql } from 'kysely';
import type { SearchDecision } from '../../search/fold/search-event.ts';
import { insertTrainings, nextTrial, numberTrials, refreshStatistics } from '../plans/insert-trainings.ts';
import { letGo } from '../segments/let-go.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { OpenSearch } from './search-log.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from '../segments/settle-trainings.ts';

/** So few trainings are found without statistics of their tables; then they are refreshed whenever there are twice as many. */
const fewTrainings = 100;

/**
 * Carries out decisions as if one after the other, in sets of rows: what a group of results decides costs as many
 * statements as what one does.
 * @returns ids of suggested trainings that were there before, from which results may be known already
 */
export async function carryOut(
  tx: DatabaseTransaction,
  search: OpenSearch,
  decisions: readonly SearchDecision[],
): Promise<readonly string[]> {
  const { id } = search.sweep;
  const reused: string[] = [];
  for (const together of inSets(decisions)) {
    const [first] = together;
    if (first?.kind === 'stop') await endSearch(tx, id);
    else if (first?.kind === 'halt') await haltSearch(tx, id, first.reason);
    else {
      reused.push(...(await suggest(tx, search, together)));
      await applyToRungs(tx, id, together);
    }
  }
  return reused;
}

/**
 * Decisions that can be carried out together: suggestions first, then who goes on, then who ends. What ends or halts the
 * search stands alone, and nobody who has ended goes on in the same set.
 */
export function inSets<Decision extends Pick<SearchDecision, 'kind' | 'ordinal'>>(
  decisions: readonly Decision[],
): readonly (readonly Decision[])[] {
  const sets: Decision[][] = [];
  let ended = new Set<number>();
  let isOpen = false;
  for (const decision of decisions) {
    const { kind, ordinal } = decision;
    const alone = kind === 'stop' || kind === 'halt';
    if (alone || !isOpen || (kind === 'promote' && ended.has(ordinal))) {
      sets.push([]);
      ended = new Set();
    }
    sets.at(-1)?.push(decision);
    if (kind === 'prune') ended.add(ordinal);
    isOpen = !alone;
  }
  return sets;
}

/** Inserts the trainings of suggested points. @returns ids of those that were there already */
async function suggest(
  tx: DatabaseTransaction,
  { sweep, state }: OpenSearch,
  decisions: readonly SearchDecision[],
): Promise<readonly string[]> {
  const suggested = decisions.filter(({ kind }) => kind === 'suggest');
  if (suggested.length === 0) return [];
  const first = await nextTrial(tx, sweep.id);
  const trainings = numberTrials(
    suggested.flatMap((decision) => state.trainingsOf(decision)),
    first,
  );
  const { reused } = await insertTrainings(tx, sweep.id, trainings);
  const count = trainings.reduce((sum, { evaluations }) => sum + evaluations.length, first - 1);
  await sql`update sweeps set trial_count = ${count} where id = ${sweep.id}`.execute(tx);
  const [before = 0, after = 0] = [trainings[0]?.ordinal, trainings.at(-1)?.ordinal];
  if (after >= fewTrainings && Math.clz32(before) !== Math.clz32(after + 1)) await refreshStatistics(tx);
  return reused;
}

/** No further point comes: the sweep is over when those that there are have come to their ends. */
async function endSearch(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await sql`
    update sweeps set searching = false, planned_trainings = inserted_trainings where id = ${sweepId}`.execute(tx);
  await finishSweeps(tx, [sweepId]);
}

/**
 * The budget is spent: trainings that nobody works on are let go, but for those that have only to be evaluated. What is
 * worked on comes to its next rung, and ends there.
 */
async function haltSearch(tx: DatabaseTransaction, sweepId: string, reason: string): Promise<void> {
  await sql`
    update sweeps set halted = ${reason}, searching = false,
      planned_trainings = case when searching then inserted_trainings else planned_trainings end
    where id = ${sweepId}`.execute(tx);
  await writeSweepEvent(tx, { sweepId, kind: 'budget_spent', detail: { reason } });
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set open = false, released_at = now()
    from trainings t
    where l.sweep_id = ${sweepId} and l.open and t.id = l.training_id and t.step < t.total_steps and not exists (
      select 1 from segments s where s.training_id = l.training_id
        and (s.status = 'claimed' or (s.kind = 'evaluate' and s.status = 'ready')))
    returning l.training_id`.execute(tx);
  await letGo(
    tx,
    rows.map((row) => row.training_id),
    'cancelled',
  );
  await finishSweeps(tx, [sweepId]);
}

/** What a decision at a rung changes of a training. */
interface RungDecided {
  readonly ordinal: number;
  readonly rung: number;
  readonly kind: SearchDecision['kind'];
}

/** Who goes on at rungs, and who ends. A training that is at its end already is not pruned: nothing is left to save. */
export async function applyToRungs(
  tx: DatabaseTransaction,
  sweepId: string,
  decisions: readonly RungDecided[],
): Promise<void> {
  const promoted = decisions.filter(({ kind }) => kind === 'promote');
  const pruned = decisions.filter(({ kind }) => kind === 'prune').map(({ ordinal }) => ordinal);
  const changed: string[] = [];
  if (promoted.length > 0) {
    const { rows } = await sql<{ training_id: string }>`
      update sweep_trainings l set released_at = null,
        allowed_step = greatest(l.allowed_step, (select max(l.rung_steps[r.rung + 2])
          from unnest(${promoted.map(({ ordinal }) => ordinal)}::integer[],
            ${promoted.map(({ rung }) => rung)}::integer[]) as r (ordinal, rung) where r.ordinal = l.ordinal))
      where l.sweep_id = ${sweepId} and l.open and l.ordinal = any(${promoted.map(({ ordinal }) => ordinal)}::integer[])
      returning l.training_id`.execute(tx);
    changed.push(...rows.map((row) => row.training_id));
  }
  if (pruned.length > 0) {
    const { rows } = await sql<{ training_id: string }>`
      update sweep_trainings l set open = false, pruned = true, released_at = now()
      from trainings t
      where l.sweep_id = ${sweepId} and l.ordinal = any(${pruned}::integer[]) and l.open and t.id = l.training_id
        and t.step < t.total_steps
      returning l.training_id`.execute(tx);
    const ended = rows.map((row) => row.training_id);
    const settled = new Set(await letGo(tx, ended, 'pruned'));
    changed.push(...ended.filter((id) => !settled.has(id)));
  }
  await settleTrainings(tx, [...new Set(changed)]);
  if (pruned.length > 0) await finishSweeps(tx, [sweepId]);
}
