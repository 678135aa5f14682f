import { assertNever } from '../../base/assert-never.ts';
import { fieldHeading } from '../../sweep/training-fields.ts';
import type { SweepSnapshot, TrialRow, TrialSort } from '../../store/views/sweep-snapshot.ts';
import { rankByState, rankWithoutValue } from '../../store/views/trials/trial-ranks.ts';
import { measure } from '../../metrics/metrics.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { headingOf, metricsOf, shownMetrics } from '../../tasks/task-metrics.ts';

/** A column that the table can be sorted by, best first. */
export interface SortKey {
  readonly label: string;
  /** The same order, as the record is asked for it. */
  readonly sort: TrialSort;
  value(trial: TrialRow): number | null;
}

const byDropout: SortKey = {
  label: 'dropout_rate',
  sort: { by: 'setting', name: 'dropout_rate', direction: 'minimize' },
  value: (trial) => trial.configuration.dropout_rate,
};

/** Columns to sort by, in the order that the key goes through them: the first objective is where it starts. */
export function sortKeys(snapshot: SweepSnapshot): readonly SortKey[] {
  const { definition } = snapshot;
  const measured = metricsOf(definition);
  const judged = [...new Set([...shownMetrics(definition), 'complexity'])].flatMap(
    (name) => measured.find((metric) => metric.name === name) ?? [],
  );
  return [
    ...judged.map(
      ({ name, direction }): SortKey => ({
        label: headingOf(definition, name),
        sort: { by: 'metric', name, direction },
        value: (trial) => measure(trial, name),
      }),
    ),
    ...(traitsOf(definition.trainer).method ? [byDropout] : []),
    { label: 'trial', sort: { by: 'trial', name: '', direction: 'minimize' }, value: ({ trial }) => trial },
    {
      label: 'state, failed first',
      sort: { by: 'state', name: '', direction: 'minimize' },
      value: ({ state }) => rankByState[state],
    },
  ];
}

/** Any order, by what it is called in the caption. */
export function sortKeyOf(snapshot: SweepSnapshot, sort: TrialSort): SortKey {
  const same = sortKeys(snapshot).find((key) => isSameSort(key.sort, sort));
  if (same !== undefined) return same;
  const { by, name, direction } = sort;
  const label = by === 'metric' ? headingOf(snapshot.definition, name) : by === 'setting' ? fieldHeading(name) : name;
  const reversed = by !== 'metric' && direction === 'maximize' ? ', greatest first' : '';
  return { label: `${label}${reversed}`, sort, value: (trial) => valueOf(trial, sort) };
}

/** The order that a state of looking asks for. @param sort index into `sortKeys`, taken modulo its length, or any order */
export function sortKeyAt(snapshot: SweepSnapshot, sort: number | TrialSort): SortKey {
  if (typeof sort !== 'number') return sortKeyOf(snapshot, sort);
  const keys = sortKeys(snapshot);
  const key = keys[sort % keys.length];
  if (key === undefined) throw new RangeError('a sweep has at least one column to sort by');
  return key;
}

/** `by accuracy, best first`. */
export function orderWords({ label, sort }: SortKey): string {
  return `by ${label}${sort.by === 'metric' ? ', best first' : ''}`;
}

export function isSameSort(one: TrialSort, other: TrialSort): boolean {
  return one.by === other.by && one.name === other.name && one.direction === other.direction;
}

function valueOf(trial: TrialRow, { by, name }: TrialSort): number | null {
  switch (by) {
    case 'metric':
      return measure(trial, name);
    case 'setting':
      return numberIn(trial.configuration, name);
    case 'evaluation':
      return numberIn(trial.evaluation, name);
    case 'trial':
      return trial.trial;
    case 'state':
      return rankByState[trial.state];
    default:
      return assertNever(by, 'order of trials');
  }
}

function numberIn(settings: object, name: string): number | null {
  const value: unknown = Object.entries(settings).find(([key]) => key === name)?.[1];
  return typeof value === 'number' ? value : null;
}

export function orderTrials(trials: readonly TrialRow[], key: SortKey): readonly TrialRow[] {
  const sign = key.sort.direction === 'maximize' ? -1 : 1;
  return trials
    .map((trial) => ({ trial, value: key.value(trial) }))
    .sort((a, b) => {
      if (a.value !== null && b.value !== null) return sign * (a.value - b.value) || byComplexity(a.trial, b.trial);
      if (a.value !== null || b.value !== null) return a.value === null ? 1 : -1;
      return rankWithoutValue[a.trial.state] - rankWithoutValue[b.trial.state] || a.trial.trial - b.trial.trial;
    })
    .map(({ trial }) => trial);
}

/** Among equals the less complex comes first, then the earlier. */
function byComplexity(a: TrialRow, b: TrialRow): number {
  if (a.complexity !== null && b.complexity !== null && a.complexity !== b.complexity)
    return a.complexity - b.complexity;
  return a.trial - b.trial;
}
