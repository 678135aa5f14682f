import type { SchedulerDefinition } from '../sweep/sweep-definition.ts';
import { halvingScheduler } from './halving-scheduler.ts';
import type { Scheduler } from './scheduler.ts';

/** The scheduler that a sweep file asks for. */
export function makeScheduler(definition: SchedulerDefinition): Scheduler {
  return definition.kind === 'none' ? wholeTrainings : halvingScheduler(definition.rungs, definition.keep);
}

/** One rung, the whole training; nothing is ever decided. */
const wholeTrainings: Scheduler = {
  rungSteps: (totalSteps) => [totalSteps],
  decide: () => [],
};
