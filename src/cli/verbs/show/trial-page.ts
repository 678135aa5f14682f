import { DropsweepError } from '../../../base/errors.ts';
import { filterColumns, readFilter } from '../../../dashboard/read-filter.ts';
import { metricNamed } from '../../../metrics/metrics.ts';
import type { TrialPage, TrialSort } from '../../../store/sweep-snapshot.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import { didYouMean } from '../../../sweep/sweep-file-problems.ts';

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
  const order = turned(sort === undefined ? byNumber : readSort(sort, definition), reverse);
  if (where === undefined) return { sort: order, offset: 0 };
  const filter = readFilter(where, definition);
  if (!('at' in filter)) return { sort: order, offset: 0, filter };
  throw new DropsweepError('USAGE', filter.text, {
    where: `--where, at character ${filter.at}`,
    got: where,
    expected: "conditions that all hold, as in 'p>=0.3 M=4 state:failed accuracy>0.9'",
  });
}

const byNumber: TrialSort = { by: 'trial', name: '', direction: 'minimize' };

function readSort(written: string, definition: SweepDefinition): TrialSort {
  const columns = filterColumns(definition);
  const column = columns.get(written) ?? columns.get(written.toLowerCase());
  if (column === undefined || column.of === 'evaluation') {
    const sortable = [...columns].flatMap(([name, { of }]) => (of === 'evaluation' ? [] : [name]));
    throw new DropsweepError('USAGE', `trials cannot be sorted by this${didYouMean(written, sortable)}`, {
      where: '--sort',
      got: written,
      expected: 'a metric, a training setting, trial or state',
    });
  }
  const direction = (column.of === 'metric' ? metricNamed(column.name)?.direction : undefined) ?? 'minimize';
  return { by: column.of, name: column.name, direction };
}

function turned(sort: TrialSort, reverse: boolean): TrialSort {
  return reverse ? { ...sort, direction: sort.direction === 'minimize' ? 'maximize' : 'minimize' } : sort;
}
