import type { SweepSnapshot, TrainingState, TrialRow } from '../store/sweep-snapshot.ts';
import type { Objective } from '../sweep/vocabulary.ts';
import { taskOf } from '../tasks/tasks.ts';
import { trialValue } from './trial-value.ts';

/** A column that the table can be sorted by, best first. */
export interface SortKey {
  readonly label: string;
  value(trial: TrialRow): number | null;
  readonly direction: Objective['direction'];
  /** False for numbers of the trial's configuration, which are neither good nor bad. */
  readonly judged: boolean;
}

/** Columns to sort by, in the order that the key goes through them: the first objective is where it starts. */
export function sortKeys(snapshot: SweepSnapshot): readonly SortKey[] {
  const byMetric = (metric: string, direction: Objective['direction']): SortKey => ({
    label: metric,
    value: (trial) => trialValue(trial, metric),
    direction,
    judged: true,
  });
  const candidates: readonly SortKey[] = [
    ...snapshot.definition.objectives.map(({ metric, direction }) => byMetric(metric, direction)),
    byMetric('accuracy', 'maximize'),
    byMetric('ece', 'minimize'),
    byMetric('loss', 'minimize'),
    byMetric('complexity', 'minimize'),
    { label: 'dropout_rate', value: (trial) => trial.configuration.dropout_rate, direction: 'minimize', judged: false },
    { label: 'trial', value: (trial) => trial.trial, direction: 'minimize', judged: false },
  ];
  const { columns } = taskOf(snapshot.definition.task);
  return candidates.filter(
    ({ label }, index) =>
      candidates.findIndex((other) => other.label === label) === index &&
      (columns.includes(label) || (label !== 'accuracy' && label !== 'ece')),
  );
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
