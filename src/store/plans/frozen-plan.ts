import { gunzipSync, gzipSync } from 'node:zlib';
import { type FrozenPoints, PointTrainings } from '../../search/planning/point-trainings.ts';
import type { PlannedTraining, PlannedTrainings, SweepPlan } from '../../sweep/sweep-definition.ts';
import { type StagedSweep, stagesOf } from '../search/search-log.ts';

/** A sweep as its plan is made from: its sweep files, and what is kept of the trainings that were planned at once. */
export interface PlannedSweep extends StagedSweep {
  readonly frozen_plan: Buffer;
}

/** Of points that need no results their numbers are kept; other trainings are kept as they are. */
export function freezePlan(trainings: PlannedTrainings): Buffer {
  const kept = trainings instanceof PointTrainings ? trainings.frozen : [...trainings];
  return gzipSync(JSON.stringify(kept), { level: 1 });
}

/** The trainings that were planned at once. Sweeps of before points were numbered have them as they are. */
export function thawPlan(sweep: PlannedSweep): PlannedTrainings {
  const kept = JSON.parse(gunzipSync(sweep.frozen_plan).toString('utf8')) as FrozenPoints | readonly PlannedTraining[];
  return 'steps' in kept ? PointTrainings.thaw(kept, stagesOf(sweep)) : kept;
}

/** Trainings of a plan at most. */
export function plannedOf({ trainings, adaptive_trainings: most }: SweepPlan): number {
  return most ?? trainings.length;
}

/** A sweep's plan as its row has it: the points that were suggested at once. Later ones are in the search's log. */
export function frozenColumns(plan: SweepPlan) {
  return {
    canonical_hash: plan.canonical_hash,
    definition: JSON.stringify(plan.definition),
    inputs: JSON.stringify(plan.inputs),
    planned_trainings: plannedOf(plan),
    merged_points: plan.merged_points,
    trial_count: plan.trials,
    frozen_plan: freezePlan(plan.adaptive_trainings === undefined ? plan.trainings : []),
  };
}
