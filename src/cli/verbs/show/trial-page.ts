import { DropsweepError } from '../../../base/errors.ts';
import { filterColumns, readFilter } from '../../../dashboard/tables/read-filter.ts';
import { sortByColumn } from '../../../dashboard/tables/sort-by-column.ts';
import type { TrialPage, TrialSort } from '../../../store/views/sweep-snapshot.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import { didYouMean } from '../../../sweep/file/sweep-file-problems.ts';

export interface TrialPageFlags {
  /** Conditions as the dashboard's filter has them. */
  readonly where?: string;
  /** A column: a metric comes best first, all else least first. */
  readonly sort?: string;
  /** The other way round. */
  readonly reverse: boolean;
}

/** Which trials are wanted, and in which order: by number, unless told. @throws DropsweepError USAGE with the place */
export function trialPage({ where, sort, reverse }: TrialPageFlags, definition: SweepDefinition): TrialPage {
  const order = orderOf(sort, reverse, definition);
  if (where === undefined) return { sort: order, offset: 0 };
  const filter = readFilter(where, definition);
  if (!('at' in filter)) return { sort: order, offset: 0, filter };
  throw new DropsweepError('USAGE', filter.text, {
    where: `--where, at character ${filter.at}`,
    got: where,
    expected: "conditions that all hold, as in 'p>=0.3 M=4 state:failed accuracy>0.9'",
  });
}

function orderOf(sort: string | undefined, reverse: boolean, definition: SweepDefinition): TrialSort {
  const columns = filterColumns(definition);
  const column = columns.get(sort ?? 'trial') ?? columns.get(sort?.toLowerCase() ?? '');
  const order = column === undefined ? null : sortByColumn(column, reverse);
  if (order !== null) return order;
  throw new DropsweepError('USAGE', `trials cannot be sorted by this${didYouMean(sort ?? '', [...columns.keys()])}`, {
    where: '--sort',
    got: sort,
    expected: 'a metric, a setting, trial or state',
  });
}
