import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import { budgetFacts, comparesPoints } from '../../search/fold/budget.ts';
import { hasPlannedRepeats, openingFacts, repeatFacts } from '../../search/fold/opening-facts.ts';
import { type Budget, budgetFields, type BudgetName } from '../../sweep/file/read-budget.ts';
import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import { advanceSearch } from './advance-search.ts';
import { beginListening } from './begin-listening.ts';
import { thawPlan } from '../plans/frozen-plan.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { reachedRungs, readClocks } from './reached-rungs.ts';

export type BudgetChanges = Readonly<Partial<Record<BudgetName, number | null>>>;

/**
 * Changes limits of a sweep's budget while it runs, as facts of its log. A sweep that has kept no log, since nothing was
 * decided by results, begins one: with its plan and what its trainings have reached.
 * @throws USAGE where the budget was spent before, or would be by now: nothing is changed then
 */
export async function setBudget(tx: DatabaseTransaction, sweepId: string, changes: BudgetChanges): Promise<void> {
  const sweep = await tx
    .selectFrom('sweeps')
    .select(['definition', 'inputs', 'former_stages', 'frozen_plan', 'listens', 'halted', 'state'])
    .where('id', '=', sweepId)
    .executeTakeFirstOrThrow();
  if (sweep.halted !== null) throw budgetSpent('the budget is spent already', sweep.halted);
  if (!sweep.listens) await beginListening(tx, sweepId);
  await advanceSearch(tx, sweepId, async (search) => {
    const set = [...(await readClocks(tx, sweepId, limitsOf(changes))), ...budgetFacts(changes)];
    // Points are compared over their seeds: which those are was not told where no limit did so.
    const isTold = search.state.knowsRepeats || !comparesPoints(changes) || !hasPlannedRepeats(sweep.definition);
    const repeats = isTold ? [] : repeatFacts(thawPlan(sweep));
    if (sweep.listens) return [...repeats, ...set];
    const { rows } = await sql<{ training_id: string }>`
      select training_id from sweep_trainings where sweep_id = ${sweepId}`.execute(tx);
    const reached = await reachedRungs(
      tx,
      search,
      rows.map((row) => row.training_id),
    );
    return [...openingFacts(sweep.definition, thawPlan(sweep)), ...repeats, ...reached, ...set];
  });
  const { halted } = await tx.selectFrom('sweeps').select('halted').where('id', '=', sweepId).executeTakeFirstOrThrow();
  if (halted !== null) throw budgetSpent('the budget would be spent at once', halted);
}

/** Those that are not taken away. */
export function limitsOf(changes: BudgetChanges): Budget {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
}

/**
 * Limits that were set while the newest sweep file of a search held; null: one was taken away. Of an extension they are
 * kept where its file has what the file before it had.
 */
export async function keptLimits(
  tx: DatabaseTransaction,
  sweepId: string,
  before: SweepDefinition,
  after: SweepDefinition,
): Promise<BudgetChanges> {
  const { rows } = await sql<{ kind: string; value: number | null }>`
    select distinct on (kind) kind, value from search_events e
    where sweep_id = ${sweepId} and starts_with(kind, 'budget_') and not exists (
      select 1 from search_events x where x.sweep_id = e.sweep_id and x.kind = 'extended' and x.sequence > e.sequence)
    order by kind, sequence desc`.execute(tx);
  const set = new Map(rows.map(({ kind, value }) => [kind, value]));
  const kept = budgetFields.flatMap(({ name }) => {
    const value = set.get(`budget_${name}`);
    return value === undefined || before.budget?.[name] !== after.budget?.[name] ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}

export function budgetSpent(message: string, reason: string): DropsweepError {
  return new DropsweepError('USAGE', message, {
    where: 'budget',
    got: reason,
    expected: 'a limit that is not reached yet',
    fix: 'give more, or end the sweep with dropsweep cancel; dropsweep launch --extend with a larger budget goes on after the end',
  });
}
