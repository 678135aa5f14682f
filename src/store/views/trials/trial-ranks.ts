import type { TrainingState } from '../sweep-snapshot.ts';

/** Trials without a value come after those with one: what runs first, then what waits, then what ended without. */
export const rankWithoutValue: Readonly<Record<TrainingState, number>> = {
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

/** By state: what somebody has to look at first, then what goes on, then what is settled. */
export const rankByState: Readonly<Record<TrainingState, number>> = {
  crashed: 0,
  out_of_memory: 1,
  infeasible: 2,
  diverged: 3,
  running: 4,
  evaluating: 5,
  waiting: 6,
  pruned: 7,
  cancelled: 8,
  succeeded: 9,
};

/** States of trainings from which no score comes any more. */
export const endedWithoutScore: readonly TrainingState[] = [
  'diverged',
  'out_of_memory',
  'infeasible',
  'crashed',
  'pruned',
  'cancelled',
];
