import type { StepValue } from '../../store/views/step-values.ts';
import type { StoredScores } from '../../evaluate/row-scores.ts';
import type { SweepProvenance } from '../../store/views/sweep-list.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { TrainedOn } from '../../store/views/trained-on.ts';
import type { CurvePoint } from '../../store/views/trials/learning-curve.ts';
import type { AxisEffect } from '../noise/axis-effects.ts';
import type { Noise } from '../noise/noise.ts';

/** All that a report is made of: a sweep as the record has it, read once. */
export interface SweepMaterial {
  readonly snapshot: SweepSnapshot;
  readonly provenance: SweepProvenance;
  /** Machines and devices that trained it. */
  readonly trainedOn: readonly TrainedOn[];
  /** The sweep file to the letter; null: it was not kept. */
  readonly file: string | null;
  /** Of the best, the front and LoRA without dropout, and of what these were chosen of; null: no outputs are there. */
  readonly noise: Noise | null;
  /** Steps at which their own patience ended trainings. */
  readonly stoppedEarly: ReadonlyMap<string, number>;
  /** Of each setting on the first objective, with the noise of rows where a sweep is small enough to read them. */
  readonly effects: readonly AxisEffect[];
  /** Of the same trials, by their numbers: the outputs themselves. */
  readonly outputs: ReadonlyMap<number, StoredScores>;
  /** By training; of those whose curves are shown. */
  readonly curves: ReadonlyMap<string, TrainingCurve>;
}

export interface TrainingCurve {
  /** By step. */
  readonly loss: readonly StepValue[];
  /** Evaluations on its way and at its end; empty: at its end alone. */
  readonly evaluated: readonly CurvePoint[];
}

/** Configurations that the best of a report are listed to. */
export const shownBest = 10;
/** Configurations of a front whose outputs are read: more are beyond what anybody compares. */
export const shownFront = 40;
/** Configurations whose learning curves are drawn. */
export const shownCurves = 5;
