import type { ControlActivities } from '../src/messages/activity-interfaces.ts';

/** Asks Temporal for each lane by its id; lists nothing. */
export function makeFindClosedLanes(
  isOpen: (workflowId: string) => Promise<boolean>,
): ControlActivities['findClosedLanes'] {
  return async ({ laneIds }) => {
    const closed: string[] = [];
    for (const id of laneIds) if (!(await isOpen(id))) closed.push(id);
    return closed;
  };
}
