import type { EvaluatedValue } from '../../metrics/values/evaluation-metrics.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { hiddenColumn } from './hidden-column.ts';
import type { ReportColumn } from './report-column.ts';

interface MetricRow {
  readonly trial: TrialRow;
  readonly metric: string;
  readonly value: number | null;
}

/** Every number of trials' evaluations, a row each. */
export function metricRows(trials: readonly TrialRow[]): readonly MetricRow[] {
  return trials.flatMap((trial) => numbersOf(trial).map(([metric, value]) => ({ trial, metric, value })));
}

export function metricColumns({ name }: Pick<SweepSnapshot, 'name'>): readonly ReportColumn<MetricRow>[] {
  return [
    hiddenColumn('sweep', () => name),
    hiddenColumn('trial', ({ trial }) => trial.trial),
    hiddenColumn('training_hash', ({ trial }) => trial.trainingHash),
    hiddenColumn('seed', ({ trial }) => trial.configuration.seed),
    hiddenColumn('split', ({ trial }) => trial.evaluation.split),
    hiddenColumn('evaluation_mode', ({ trial }) => trial.evaluation.mode),
    hiddenColumn('evaluation_dropout_rate', ({ trial }) => trial.evaluation.dropout_rate),
    hiddenColumn('ensemble_size', ({ trial }) => trial.evaluation.ensemble_size),
    hiddenColumn('mask_seed', ({ trial }) => trial.evaluation.mask_seed),
    hiddenColumn('aggregate', ({ trial }) => trial.evaluation.aggregate),
    hiddenColumn('metric', ({ metric }) => metric),
    hiddenColumn('value', ({ value }) => value),
  ];
}

function numbersOf({ metrics, complexity }: TrialRow): readonly (readonly [string, number | null])[] {
  const evaluated = Object.entries(metrics ?? {}).flatMap(([name, value]) => numbersIn(name, value));
  return complexity === null ? evaluated : [...evaluated, ['complexity', complexity] as const];
}

/** A detail of several numbers has each by its own name, after a dot. */
function numbersIn(name: string, value: EvaluatedValue | undefined): readonly (readonly [string, number | null])[] {
  if (typeof value === 'number' || value === null) return [[name, value]];
  if (typeof value !== 'object' || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) =>
    typeof member === 'number' || member === null ? [[`${name}.${key}`, member] as const] : [],
  );
}
