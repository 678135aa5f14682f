import type { ViewSource } from '../../src/dashboard/view-source.ts';
import { measure } from '../../src/metrics/metrics.ts';
import type { TrialRow } from '../../src/store/views/sweep-snapshot.ts';
import type { FilterColumn, FilterValue } from '../../src/store/views/trial-filter.ts';
import { foldAxisMeans, foldConfigurations, foldTradeoff, type FoldedTrial } from '../support/fold-trials.ts';

function valueOf(row: TrialRow, { of, name }: FilterColumn): FilterValue {
  if (of === 'metric') return measure(row, name);
  if (of === 'trial') return row.trial;
  if (of === 'state') return row.state;
  const settings = Object.entries(of === 'setting' ? row.configuration : row.evaluation);
  const value: unknown = settings.find(([field]) => field === name)?.[1];
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** The views' folds of trials. */
export function foldedSource(rows: readonly TrialRow[]): Pick<ViewSource, 'tradeoff' | 'axisMeans' | 'configurations'> {
  const folded = rows.map(
    (row): FoldedTrial => ({
      trial: row.trial,
      repeats: JSON.stringify([{ ...row.configuration, seed: 0 }, row.evaluation]),
      failed: ['diverged', 'out_of_memory', 'infeasible', 'crashed'].includes(row.state),
      value: (column) => valueOf(row, column),
    }),
  );
  return {
    tradeoff: async (_, asked) => foldTradeoff(folded, asked),
    axisMeans: async (_, asked) => foldAxisMeans(folded, asked),
    configurations: async (_, asked) => foldConfigurations(folded, asked),
  };
}
