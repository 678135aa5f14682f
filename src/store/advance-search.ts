import { sql } from 'kysely';
import type { SearchDecision, SearchFact } from '../search/search-event.ts';
import { type InsertableTraining, insertTrainings } from './insert-trainings.ts';
import { letGo } from './let-go.ts';
import type { DatabaseTransaction } from './open-store.ts';
import { reachedRungs } from './reached-rungs.ts';
import { openSearch, type OpenSearch } from './search-log.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from './settle-trainings.ts';

/** Finds out, under the search's lock, the facts that it is to hear. */
type Hear = (search: OpenSearch) => readonly SearchFact[] | Promise<readonly SearchFact[]>;

/**
 * The one place where searches decide: records what happened, one fact after the other, and after each the decisions
 * that follow from it, and carries them out, all in the caller's transaction and under the sweep's scheduler lock. What
 * it has heard before it passes over.
 */
export async function advanceSearch(tx: DatabaseTransaction, sweepId: string, hear: Hear): Promise<void> {
  const search = await openSearch(tx, sweepId);
  const { stage } = search;
  // The file that it was extended to holds for what it hears from now on.
  if (search.state.stage < stage) search.record({ kind: 'extended', ordinal: 0, rung: 0, value: stage });
  const facts = [...(await hear(search))];
  facts.push(...(await decide(tx, search)));
  /** Of the next result: told with it, or not at all. */
  let clocks: SearchFact[] = [];
  for (let fact = facts.shift(); fact !== undefined; fact = facts.shift()) {
    if (fact.kind === 'spent' || fact.kind === 'elapsed') {
      clocks.push(fact);
      continue;
    }
    const setsBudget = fact.kind.startsWith('budget_');
    const told = fact.kind === 'report' || fact.kind === 'result';
    if (!told || !search.state.hasHeard(fact)) {
      for (const clock of told || setsBudget ? clocks : []) search.record(clock);
      search.record(fact);
      facts.push(...(await decide(tx, search)));
    }
    clocks = [];
  }
  await search.close();
}

/** Tells each search that still waits for these trainings what they have reached. */
export async function reportToSearches(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  if (trainingIds.length === 0) return;
  const { rows: sweeps } = await sql<{ id: string; training_ids: string[] }>`
    select s.id, array_agg(l.training_id order by l.ordinal) as training_ids
    from sweep_trainings l join sweeps s on s.id = l.sweep_id
    where l.training_id = any(${trainingIds}::uuid[]) and l.open and s.listens group by s.id order by s.id`.execute(tx);
  for (const { id, training_ids: reached } of sweeps) {
    await advanceSearch(tx, id, (search) => reachedRungs(tx, search, reached));
  }
}

/**
 * Tells a search what its trainings had reached before it wanted them, or while it had let go of them: other sweeps'
 * results came when it was not listening. Idempotent.
 */
export async function reportReached(
  tx: DatabaseTransaction,
  sweepId: string,
  trainingIds: readonly string[],
): Promise<void> {
  if (trainingIds.length === 0 || !(await listens(tx, sweepId))) return;
  await advanceSearch(tx, sweepId, (search) => reachedRungs(tx, search, trainingIds));
}

/** As `reportReached`, of trainings that are tried again: that they had failed is no longer so. */
export async function reportRetried(
  tx: DatabaseTransaction,
  sweepId: string,
  trainingIds: readonly string[],
): Promise<void> {
  if (!(await listens(tx, sweepId))) return;
  await advanceSearch(tx, sweepId, async (search) => {
    const links = await tx
      .selectFrom('sweep_trainings')
      .select('ordinal')
      .where('sweep_id', '=', sweepId)
      .where(sql<boolean>`training_id = any(${trainingIds}::uuid[])`)
      .orderBy('ordinal')
      .execute();
    const retracted = links.flatMap(({ ordinal }) =>
      search.state.failuresOf(ordinal).map((rung): SearchFact => ({ kind: 'retract', ordinal, rung, value: null })),
    );
    return [...retracted, ...(await reachedRungs(tx, search, trainingIds))];
  });
}

async function listens(tx: DatabaseTransaction, sweepId: string): Promise<boolean> {
  const sweep = await tx.selectFrom('sweeps').select('listens').where('id', '=', sweepId).executeTakeFirstOrThrow();
  return sweep.listens;
}

/** Records and carries out all that follows. A cancelled search decides nothing. @returns what it is to hear of that */
async function decide(tx: DatabaseTransaction, search: OpenSearch): Promise<readonly SearchFact[]> {
  if (search.sweep.desired_state === 'cancelled') return [];
  const facts: SearchFact[] = [];
  for (let decision = search.state.next(); decision !== null; decision = search.state.next()) {
    search.record(decision);
    facts.push(...(await carryOut(tx, search, decision)));
  }
  return facts;
}

async function carryOut(
  tx: DatabaseTransaction,
  search: OpenSearch,
  decision: SearchDecision,
): Promise<readonly SearchFact[]> {
  const { id } = search.sweep;
  if (decision.kind === 'suggest') return suggest(tx, search, decision);
  if (decision.kind === 'stop') await endSearch(tx, id);
  else if (decision.kind === 'halt') await haltSearch(tx, id, decision.reason);
  else await applyToRung(tx, id, decision);
  return [];
}

/** Inserts the trainings of a suggested point. @returns what those that were there already had reached */
async function suggest(
  tx: DatabaseTransaction,
  search: OpenSearch,
  decision: SearchDecision,
): Promise<readonly SearchFact[]> {
  const { sweep, state } = search;
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(trial), 0) + 1 as next from sweep_evaluations where sweep_id = ${sweep.id}`.execute(tx);
  let firstTrial = rows[0]?.next ?? 1;
  const trainings = state.trainingsOf(decision).map((training): InsertableTraining => {
    const numbered = { ...training, firstTrial };
    firstTrial += training.evaluations.length;
    return numbered;
  });
  const { reused } = await insertTrainings(tx, sweep.id, trainings);
  await sql`update sweeps set trial_count = ${firstTrial - 1} where id = ${sweep.id}`.execute(tx);
  return reused.length === 0 ? [] : reachedRungs(tx, search, reused);
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

/** A training that is at its end already is not pruned: there is nothing left to save. */
async function applyToRung(tx: DatabaseTransaction, sweepId: string, decision: SearchDecision): Promise<void> {
  const promote = decision.kind === 'promote';
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set
      allowed_step = case when ${promote} then greatest(allowed_step, rung_steps[${decision.rung + 2}]) else allowed_step end,
      open = ${promote}, pruned = not ${promote}, released_at = case when ${promote} then null else now() end
    from trainings t
    where l.sweep_id = ${sweepId} and l.ordinal = ${decision.ordinal} and l.open and t.id = l.training_id
      and (${promote} or t.step < t.total_steps)
    returning l.training_id`.execute(tx);
  const trainingIds = rows.map((row) => row.training_id);
  if (!promote) await letGo(tx, trainingIds, 'pruned');
  await settleTrainings(tx, trainingIds);
  if (!promote) await finishSweeps(tx, [sweepId]);
}

/**
 * Applies the decisions on trainings that were made before these were inserted, or while their sweep had let go of
 * them. Idempotent.
 */
export async function applyDecided(
  tx: DatabaseTransaction,
  sweepId: string,
  trainings: readonly InsertableTraining[],
): Promise<void> {
  const { rows } = await sql<{ ordinal: number; rung: number; kind: 'promote' | 'prune'; reason: string }>`
    select e.ordinal, e.rung, e.kind, e.reason from search_events e
      join sweep_trainings l on l.sweep_id = e.sweep_id and l.ordinal = e.ordinal
    where e.sweep_id = ${sweepId} and l.open and e.ordinal = any(${trainings.map(({ ordinal }) => ordinal)}::integer[])
      and (e.kind = 'prune' or (e.kind = 'promote' and l.allowed_step < l.rung_steps[e.rung + 2]))
    order by e.sequence`.execute(tx);
  for (const row of rows) await applyToRung(tx, sweepId, row);
}
