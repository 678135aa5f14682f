import { evaluatedNumber, type Measurements } from '../../metrics/values/evaluation-metrics.ts';
import type { RecordedSteps } from '../../store/segments/recorded-steps.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { hiddenColumn } from './hidden-column.ts';
import type { ReportColumn } from './report-column.ts';

/** A training along its steps. */
interface TrainingCurve {
  /** The first of the training's trials. */
  readonly trial: TrialRow;
  readonly recorded: readonly RecordedSteps[];
  /** Its evaluations on the way and at the end. */
  readonly evaluated: readonly { readonly step: number; readonly metrics: Measurements }[];
}

export interface CurveRow {
  readonly trial: TrialRow;
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

export function curveColumns({ name: sweep }: Pick<SweepSnapshot, 'name'>): readonly ReportColumn<CurveRow>[] {
  return [
    hiddenColumn('sweep', () => sweep),
    hiddenColumn('trial', ({ trial }) => trial.trial),
    hiddenColumn('training_hash', ({ trial }) => trial.trainingHash),
    hiddenColumn('seed', ({ trial }) => trial.configuration.seed),
    hiddenColumn('step', ({ step }) => step),
    hiddenColumn('name', ({ name }) => name),
    hiddenColumn('value', ({ value }) => value),
  ];
}

/** A training's numbers by step, a row each: what its steps recorded, then what evaluations gave (`evaluated.…`). */
export function curveRows({ trial, recorded, evaluated }: TrainingCurve): readonly CurveRow[] {
  const steps = recorded.flatMap(({ name, firstStep, values }) =>
    values.map((value, index): CurveRow => ({ trial, step: firstStep + index, name, value })),
  );
  const scores = evaluated.flatMap(({ step, metrics }) =>
    Object.keys(metrics).flatMap((name): CurveRow[] => {
      const value = evaluatedNumber(metrics, name);
      return value === null ? [] : [{ trial, step, name: `evaluated.${name}`, value }];
    }),
  );
  return [...steps, ...scores];
}
