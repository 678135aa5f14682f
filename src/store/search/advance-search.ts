import { sql } from 'kysely';
import type { SearchDecision, SearchFact } from '../../search/fold/search-event.ts';
import { applyToRungs, carryOut, inSets } from './carry-out.ts';
import type { InsertableTraining } from '../plans/insert-trainings.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { reachedRungs } from './reached-rungs.ts';
import { openSearch, type OpenSearch } from './search-log.ts';

/** Finds out, under the search's lock, the facts that it is to hear. */
type Hear = (search: OpenSearch) => readonly SearchFact[] | Promise<readonly SearchFact[]>;

/**
 * The one place where searches decide: records what happened, one fact after the other, and after each the decisions
 * that follow from it, all in the caller's transaction and under the sweep's scheduler lock. They are carried out
 * together, once all facts are told; what is heard of suggested trainings that were there before is told then. What it has
 * heard before it passes over.
 */
export async function advanceSearch(tx: DatabaseTransaction, sweepId: string, hear: Hear): Promise<void> {
  const search = await openSearch(tx, sweepId);
  const { stage } = search;
  // The file that it was extended to holds for what it hears from now on.
  if (search.state.stage < stage) search.record({ kind: 'extended', ordinal: 0, rung: 0, value: stage });
  const facts = await hear(search);
  let decisions = [...decide(search), ...tell(search, facts)];
  while (decisions.length > 0) {
    const reused = await carryOut(tx, search, decisions);
    decisions = reused.length === 0 ? [] : [...tell(search, await reachedRungs(tx, search, reused))];
  }
  await search.close();
}

/** Records facts, and what follows from each. @returns the decisions, in their order */
function tell(search: OpenSearch, facts: readonly SearchFact[]): readonly SearchDecision[] {
  const decisions: SearchDecision[] = [];
  /** Of the next result: told with it, or not at all. */
  let clocks: SearchFact[] = [];
  for (const fact of facts) {
    if (fact.kind === 'spent' || fact.kind === 'elapsed') {
      clocks.push(fact);
      continue;
    }
    const setsBudget = fact.kind.startsWith('budget_');
    const told = fact.kind === 'report' || fact.kind === 'result';
    if (!told || !search.state.hasHeard(fact)) {
      for (const clock of told || setsBudget ? clocks : []) search.record(clock);
      search.record(fact);
      decisions.push(...decide(search));
    }
    clocks = [];
  }
  return decisions;
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

/** Records all that follows. A cancelled search decides nothing. */
function decide(search: OpenSearch): readonly SearchDecision[] {
  if (search.sweep.desired_state === 'cancelled') return [];
  const decisions: SearchDecision[] = [];
  for (let decision = search.state.next(); decision !== null; decision = search.state.next()) {
    search.record(decision);
    decisions.push(decision);
  }
  return decisions;
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
  for (const together of inSets(rows)) await applyToRungs(tx, sweepId, together);
}
