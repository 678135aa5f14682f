import type { ViewSource } from '../../src/dashboard/reading/view-source.ts';
import { measure } from '../../src/metrics/metrics.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import type { FilterColumn, FilterValue, TrialFilter } from '../../src/store/views/trials/trial-filter.ts';
import { foldAxisMeans, foldConfigurations, foldTradeoff, type FoldedTrial } from '../support/fold-trials.ts';

function valueOf(row: TrialRow, { of, name }: FilterColumn): FilterValue {
  if (of === 'metric') return measure(row, name);
  if (of === 'trial') return row.trial;
  if (of === 'state') return row.state;
  const settings = Object.entries(of === 'setting' ? row.configuration : row.evaluation);
  const value: unknown = settings.find(([field]) => field === name)?.[1];
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** Whether a filter of equalities leaves a trial: all that the frames ask for. */
function isLeft(trial: FoldedTrial, filter: TrialFilter | undefined): boolean {
  return (filter?.conditions ?? []).every(({ column, comparison, values }) => {
    if (comparison !== '=') throw new RangeError(`made-up trials are not filtered by ${comparison}`);
    return values.includes(trial.value(column));
  });
}

/** The views' folds of trials. */
export function foldedSource(rows: readonly TrialRow[]): Pick<ViewSource, 'tradeoff' | 'axisMeans' | 'configurations'> {
  const folded = rows.map(
    (row): FoldedTrial => ({
      trial: row.trial,
      repeats: JSON.stringify([{ ...row.configuration, seed: 0 }, row.evaluation]),
      failed: ['diverged', 'out_of_memory', 'infeasible', 'crashed'].includes(row.state),
      numericsClass: row.numericsClass,
      value: (column) => valueOf(row, column),
    }),
  );
  const left = (filter: TrialFilter | undefined) => folded.filter((trial) => isLeft(trial, filter));
  return {
    tradeoff: async (_, asked) => foldTradeoff(left(asked.filter), asked),
    axisMeans: async (_, asked) => foldAxisMeans(left(asked.filter), asked),
    configurations: async (_, asked) => foldConfigurations(left(asked.filter), asked),
  };
}
