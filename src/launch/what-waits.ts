import type { SweepSnapshot } from '../store/views/sweep-snapshot.ts';
import { traitsOf } from '../sweep/trainer-traits.ts';
import { temporalFault } from '../worker/temporal/reach-temporal.ts';
import type { Machine } from './machine.ts';

/** The thing that a sweep that is to run waits for, in one sentence; null: nothing stands in its way. */
export async function whatWaits(
  machine: Machine,
  snapshot: Pick<SweepSnapshot, 'name' | 'state' | 'desiredState' | 'slots' | 'trainer' | 'counts'>,
): Promise<string | null> {
  if (snapshot.state !== 'running' || snapshot.desiredState !== 'running') return null;
  if (machine.temporal !== null) {
    const fault = await temporalFault(machine.temporal);
    if (fault !== null) return `${fault.reason}; nothing new starts until it does (${fault.fix})`;
  }
  if (!traitsOf(snapshot.trainer).slots)
    return snapshot.counts.running > 0 ? null : `its programs ask for trainings: dropsweep ask ${snapshot.name}`;
  if (snapshot.slots.length > 0) return null;
  return 'no worker is up: dropsweep up starts one here, dropsweep worker one in a terminal';
}
