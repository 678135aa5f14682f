import type { CurvePoint, EnsemblePoint } from '../store/learning-curve.ts';
import type { SweepEventRow } from '../store/sweep-events.ts';
import type { SweepListRow } from '../store/sweep-list.ts';
import type { TrialRow } from '../store/sweep-snapshot.ts';

/** Events of a sweep, newest first, from one place among all of them on. */
export interface EventPage {
  readonly total: number;
  readonly from: number;
  readonly rows: readonly SweepEventRow[];
}

export interface TrialDetails {
  readonly trial: TrialRow;
  /** Of its training, newest last. */
  readonly events: readonly SweepEventRow[];
  /** By step, from step 1. */
  readonly losses: readonly number[];
}

export interface TrainingCurves {
  /** One of the training's trials. */
  readonly trial: TrialRow;
  /** What was recorded of its steps, by name; values by step, from step 1. */
  readonly steps: Readonly<Record<string, readonly number[]>>;
  /** What it scored on its way and at its end, by step. */
  readonly onTheWay: readonly CurvePoint[];
  /** What ensembles of it scored, by their size. */
  readonly byMembers: readonly EnsemblePoint[];
  /** Newest last. */
  readonly events: readonly SweepEventRow[];
}

/** The queries of single views, beside the snapshot of the sweep that is watched. */
export interface ViewSource {
  sweeps(): Promise<readonly SweepListRow[]>;
  events(sweepId: string, page: { readonly offset: number; readonly limit: number }): Promise<EventPage>;
  trial(number: number): Promise<TrialDetails>;
  /** The curves of a trial's training. */
  training(trial: number): Promise<TrainingCurves>;
  /** From now on another sweep is watched. */
  watch(sweep: string): void;
}
