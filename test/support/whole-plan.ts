import { planSweep as planPages } from '../../src/search/planning/plan-sweep.ts';
import type { PlannedTraining, SweepPlan } from '../../src/sweep/sweep-definition.ts';

/** A plan with all of its trainings at hand. */
export interface WholePlan extends SweepPlan {
  readonly trainings: readonly PlannedTraining[];
}

/** Plans a sweep as a launch does, and makes every training. */
export function planSweep(...request: Parameters<typeof planPages>): WholePlan {
  const plan = planPages(...request);
  return { ...plan, trainings: [...plan.trainings] };
}
