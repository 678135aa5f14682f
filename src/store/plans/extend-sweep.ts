import { sql } from 'kysely';
import { budgetFacts } from '../../search/fold/budget.ts';
import { learnedFacts, learnsFrom } from '../../search/fold/learned-facts.ts';
import { openingFacts } from '../../search/fold/opening-facts.ts';
import type { SearchFact } from '../../search/fold/search-event.ts';
import { searchNeeds } from '../../search/fold/search-state.ts';
import type { SweepDefinition, SweepPlan } from '../../sweep/sweep-definition.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { advanceSearch, reportReached } from '../search/advance-search.ts';
import { beginListening } from '../search/begin-listening.ts';
import { formerResults } from '../search/former-results.ts';
import { readClocks, reachedRungs } from '../search/reached-rungs.ts';
import { stagesOf } from '../search/search-log.ts';
import { type BudgetChanges, budgetSpent, keptLimits, limitsOf } from '../search/set-budget.ts';
import { writeSweepEvent } from '../segments/settle-trainings.ts';
import { extendedPlan, inFormerOrder, type RecordedSweep } from './extend-plan.ts';
import type { CreateSweepRequest } from './create-sweep.ts';
import { frozenColumns, plannedOf, thawPlan } from './frozen-plan.ts';
import { insertTrainings, numberTrials } from './insert-trainings.ts';
import { settingsOfFile } from './settings-of-file.ts';

/** A sweep before it is extended. */
export interface ExtendableSweep extends RecordedSweep {
  readonly desired_state: 'running' | 'paused' | 'cancelled';
  readonly desired_parallelism: number;
  readonly priority: number;
  readonly listens: boolean;
}

/** A search before its extension, as far as its log does not have it. */
interface Before {
  readonly definition: SweepDefinition;
  /** Trainings at once from now on. */
  readonly parallelism: number;
  readonly kept: BudgetChanges;
  /** Where it kept no log: what its trainings have reached. */
  readonly reached: readonly SearchFact[];
}

/**
 * Gives a sweep a larger file. Parallelism, priority and limits of the budget become the file's where it says another than
 * the file before it; else they stay as they were set meanwhile, for the lanes and for the search alike.
 * @returns how many trainings it adds, at most; null: the file is not larger, and nothing is changed
 * @throws USAGE where its budget is spent already: nothing is changed then
 */
export async function extendSweep(
  tx: DatabaseTransaction,
  before: ExtendableSweep,
  larger: SweepPlan,
  { staysPaused = false, launchedBy }: Pick<CreateSweepRequest, 'staysPaused' | 'launchedBy'>,
): Promise<number | null> {
  const { id } = before;
  const plan = { ...larger, definition: inFormerOrder(larger.definition, before.definition) };
  const { definition } = plan;
  const merged = await extendedPlan(tx, before, plan);
  if (merged === null) return null;
  const added = plannedOf(merged) - (await trainingsBefore(tx, before));
  const kept = await keptLimits(tx, id, before.definition, definition);
  const needs = searchNeeds(definition);
  const listens = needs.listens || Object.values(kept).some((limit) => limit !== null);
  if (listens && !before.listens) await beginListening(tx, id);
  const reached = listens && !before.listens ? await readReached(tx, id, definition) : [];
  const parallelism =
    definition.parallelism === before.definition.parallelism ? before.desired_parallelism : definition.parallelism;
  const state = staysPaused && before.desired_state === 'paused' ? 'paused' : 'running';
  await tx
    .updateTable('sweeps')
    .set({
      ...frozenColumns(merged),
      ...needs,
      listens,
      former_stages: JSON.stringify(stagesOf(before)),
      state,
      desired_state: state,
      desired_parallelism: parallelism,
      priority: definition.priority === before.definition.priority ? before.priority : definition.priority,
      finished_at: null,
      halted: null,
      inserted_trainings: 0,
      launched_by: sql`(launched_by - 'predicted_seconds') || ${JSON.stringify(extendedBy(launchedBy))}::jsonb
        || jsonb_build_object('extended_at', now())`,
    })
    .where('id', '=', id)
    .execute();
  // Trials are numbered anew: the old trainings come first, so theirs change only where evaluations were added.
  await tx.deleteFrom('sweep_evaluations').where('sweep_id', '=', id).execute();
  await tx.deleteFrom('sweep_set_evaluations').where('sweep_id', '=', id).execute();
  await writeSweepEvent(tx, { sweepId: id, kind: 'extended', detail: { trainings: plannedOf(merged) } });
  for (const command of settingsOfFile(before.definition, definition))
    await writeSweepEvent(tx, { sweepId: id, kind: command.kind, detail: { ...command } });
  const adapts = plan.adaptive_trainings !== undefined;
  const reused = adapts ? (await insertTrainings(tx, id, numberTrials([...merged.trainings]))).reused : [];
  if (listens) await goOn(tx, id, merged, { definition: before.definition, parallelism, kept, reached });
  // Another sweep may have trained further seeds of its points.
  await reportReached(tx, id, reused);
  const { halted } = await tx.selectFrom('sweeps').select('halted').where('id', '=', id).executeTakeFirstOrThrow();
  if (halted !== null) throw budgetSpent('the sweep is not extended: its budget is spent already', halted);
  return added;
}

/** What is predicted from now on, in the place of what was before. */
function extendedBy({
  predicted_seconds: predicted,
}: CreateSweepRequest['launchedBy']): Readonly<Record<string, string>> {
  return predicted === undefined ? {} : { predicted_seconds: predicted };
}

/** Of a search that adapts those that it has suggested so far. */
async function trainingsBefore(tx: DatabaseTransaction, before: ExtendableSweep): Promise<number> {
  if (!searchNeeds(before.definition).searching) return thawPlan(before).length;
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from sweep_trainings where sweep_id = ${before.id}`.execute(tx);
  return rows[0]?.count ?? 0;
}

async function readReached(
  tx: DatabaseTransaction,
  id: string,
  definition: SweepDefinition,
): Promise<readonly SearchFact[]> {
  const { rows } = await sql<{ training_id: string }>`
    select training_id from sweep_trainings where sweep_id = ${id}`.execute(tx);
  const search = { sweep: { id, definition }, state: { budget: definition.budget ?? {} } };
  return reachedRungs(
    tx,
    search,
    rows.map((row) => row.training_id),
  );
}

/** Tells a search what it goes on with; one that adapts answers with further points. */
async function goOn(
  tx: DatabaseTransaction,
  id: string,
  { definition, trainings }: SweepPlan,
  before: Before,
): Promise<void> {
  const known = learnsFrom(before.definition);
  const news = learnsFrom(definition).filter((name) => !known.includes(name));
  const results = await formerResults(tx, definition, news);
  const budget = limitsOf({ ...definition.budget, ...before.kept });
  await advanceSearch(tx, id, async (search) => {
    // Before anything follows from the new file: what holds of its budget, and what of it is used.
    for (const fact of budgetFacts(before.kept)) search.record(fact);
    for (const clock of await readClocks(tx, id, search.state.budget)) search.record(clock);
    return [
      ...learnedFacts(definition, results, search.state.learned),
      ...openingFacts({ ...definition, parallelism: before.parallelism, budget }, trainings),
      ...before.reached,
    ];
  });
}
