import { readStatus, supervisorOf } from '../services/services-status.ts';
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
  return (
    ownWorkerComing(machine) ?? 'no worker is up: dropsweep up starts one here, dropsweep worker one in a terminal'
  );
}

/** That this machine's own services start a worker, or why none stays up; null: they have none. */
function ownWorkerComing({ databaseUrl, dataDirectory }: Machine): string | null {
  const status = supervisorOf(dataDirectory) === null ? null : readStatus(dataDirectory);
  const worker = status?.database_url === databaseUrl ? status.services['worker'] : undefined;
  if (worker === undefined) return null;
  if (worker.process !== null) return 'the worker of this machine is starting';
  return worker.fault === null ? null : `the worker of this machine is started again: ${worker.fault}`;
}
