import type { EvaluatedValue } from '../metrics/evaluation-metrics.ts';
import type { SweepSnapshot, TrialRow } from '../store/views/sweep-snapshot.ts';
import { hiddenColumn } from './hidden-column.ts';
import type { Report } from './render-report.ts';
import { sweepFacts } from './sweep-sentences.ts';

interface MetricRow {
  readonly trial: TrialRow;
  readonly metric: string;
  readonly value: number | null;
}

/** Every number of every trial's evaluation, a row each. */
export function metricsReport(snapshot: SweepSnapshot): Pick<Report<MetricRow>, 'columns' | 'rows' | 'facts'> {
  const trials = [...snapshot.trials].sort((a, b) => a.trial - b.trial);
  return {
    columns: [
      hiddenColumn('sweep', () => snapshot.name),
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
    ],
    rows: trials.flatMap((trial) => numbersOf(trial).map(([metric, value]): MetricRow => ({ trial, metric, value }))),
    facts: sweepFacts(snapshot),
  };
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
