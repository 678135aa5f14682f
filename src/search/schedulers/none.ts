import type { SchedulerKind } from '../scheduler.ts';

/** One rung, the whole training; nothing is ever decided. */
export const none: SchedulerKind = {
  section: { kind: 'none', example: null, sentence: 'Every training runs to its end', fields: [], read: () => ({}) },
  make: () => ({
    decides: false,
    rungCount: () => 1,
    rungSteps: ({ steps }) => [steps],
    open: () => ({ planned: () => [], report: () => [], retract: () => undefined }),
  }),
};
