import type { SweepSnapshot, TrainingState, TrialRow } from '../store/sweep-snapshot.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import { measure, metricNamed } from '../metrics/metrics.ts';
import { headingOf, shownMetrics } from '../tasks/task-metrics.ts';

/** A column that the table can be sorted by, best first. */
export interface SortKey {
  readonly label: string;
  value(trial: TrialRow): number | null;
  readonly direction: Objective['direction'];
  /** Null for numbers of the trial's configuration, which are neither good nor bad. */
  readonly metric: string | null;
}

/** Columns to sort by, in the order that the key goes through them: the first objective is where it starts. */
export function sortKeys(snapshot: SweepSnapshot): readonly SortKey[] {
  const { definition } = snapshot;
  const judged = [...new Set([...shownMetrics(definition), 'complexity'])].flatMap((name) => metricNamed(name) ?? []);
  return [
    ...judged.map(
      ({ name, direction }): SortKey => ({
        label: headingOf(definition, name),
        metric: name,
        value: (trial) => measure(trial, name),
        direction,
      }),
    ),
    { label: 'dropout_rate', metric: null, value: (trial) => trial.configuration.dropout_rate, direction: 'minimize' },
    { label: 'trial', metric: null, value: (trial) => trial.trial, direction: 'minimize' },
  ];
}

/** Trials without a value come after those with one: what runs first, then what waits, then what ended without. */
const rankWithoutValue: Readonly<Record<TrainingState, number>> = {
  running: 0,
  evaluating: 0,
  waiting: 1,
  succeeded: 2,
  pruned: 3,
  diverged: 3,
  out_of_memory: 3,
  infeasible: 3,
  crashed: 3,
  cancelled: 4,
};

export function orderTrials(trials: readonly TrialRow[], key: SortKey): readonly TrialRow[] {
  const sign = key.direction === 'maximize' ? -1 : 1;
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
