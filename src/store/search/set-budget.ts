import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import { budgetFacts, clocksOf, comparesPoints } from '../../search/fold/budget.ts';
import { hasPlannedRepeats, openingFacts, repeatFacts } from '../../search/fold/opening-facts.ts';
import type { BudgetName } from '../../sweep/file/read-budget.ts';
import { advanceSearch } from './advance-search.ts';
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
  if (sweep.halted !== null) throw spent('the budget is spent already', sweep.halted);
  await tx.updateTable('sweeps').set({ listens: true }).where('id', '=', sweepId).execute();
  await advanceSearch(tx, sweepId, async (search) => {
    const clocks = clocksOf({
      ...(changes.slot_hours ? { slot_hours: 1 } : {}),
      ...(changes.hours ? { hours: 1 } : {}),
    });
    const read = (await readClocks(tx, sweepId)).filter(({ kind }) =>
      kind === 'spent' ? clocks.spent : clocks.elapsed,
    );
    const set = [...read, ...budgetFacts(changes)];
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
  if (halted !== null) throw spent('the budget would be spent at once', halted);
}

function spent(message: string, reason: string): DropsweepError {
  return new DropsweepError('USAGE', message, {
    where: 'budget',
    got: reason,
    expected: 'a limit that is not reached yet',
    fix: 'give more, or end the sweep with dropsweep cancel; dropsweep launch --extend with a larger budget goes on after the end',
  });
}
