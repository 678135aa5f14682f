import { makeScheduler } from '../../search/schedulers/schedulers.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import type { FinishedTrainings } from './finished-trainings.ts';
import { ownDevice, slotMemoryBytes } from './predict-memory.ts';
import type { Prediction } from './predict-time.ts';
import type { PreparedSweep } from '../prepare-sweep.ts';

/** What a sweep will be and cost, as programs read it. */
export interface Forecast {
  readonly sweep: string;
  readonly base: string;
  readonly trainer: string;
  readonly task: string;
  /** Null: its rows are a program's own affair, or it has none of these. */
  readonly train_rows: number | null;
  readonly dev_rows: number | null;
  readonly test_rows: number | null;
  /** Null: a search decides as results come. */
  readonly trials: number | null;
  /** At most, where a search decides. */
  readonly trainings: number;
  /** Null: not known before the database is up. */
  readonly reused_trainings: number | null;
  readonly merged_points: number;
  readonly left_out_points: number;
  /** Null: nobody knows. */
  readonly predicted_seconds_low: number | null;
  readonly predicted_seconds_high: number | null;
  /** Whether these come from times of this machine, or of the program. */
  readonly timed: boolean;
  readonly stops_early: boolean;
  readonly device: DeviceKind;
  /** Of a slot; null: no model is there to look at. */
  readonly predicted_memory_bytes: number | null;
  readonly remarks: readonly string[];
}

export function forecastOf(
  prepared: PreparedSweep,
  done: FinishedTrainings | null,
  { cost }: Prediction,
  environment: NodeJS.ProcessEnv,
): Forecast {
  const { plan, remarks } = prepared;
  const { definition, inputs, adaptive_trainings: adaptive } = plan;
  const { program } = definition;
  const rowsOf = (dataset: { readonly rows: number } | null): number | null =>
    program !== undefined || dataset === null ? null : dataset.rows;
  const known = program === undefined || cost.timed;
  return {
    sweep: definition.name,
    base: definition.base,
    trainer: definition.trainer,
    task: definition.task.kind,
    train_rows: rowsOf(inputs.train),
    dev_rows: rowsOf(inputs.dev),
    test_rows: rowsOf(inputs.test),
    trials: adaptive === undefined ? plan.trials : null,
    trainings: adaptive ?? plan.trainings.length,
    reused_trainings: done === null ? null : done.count,
    merged_points: plan.merged_points,
    left_out_points: plan.left_out_points ?? 0,
    predicted_seconds_low: known ? cost.lowSeconds : null,
    predicted_seconds_high: known ? cost.highSeconds : null,
    timed: cost.timed,
    stops_early: makeScheduler(definition.scheduler).decides,
    device: definition.device ?? ownDevice(environment),
    predicted_memory_bytes: slotMemoryBytes(prepared, environment),
    remarks,
  };
}
