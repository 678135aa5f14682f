import type { ControlActivities, DesiredDrive } from '../src/messages/activity-interfaces.ts';
import type { DriveRecord, SweepDrive } from './drive-record.ts';

/** The state that the record wants of one generation of a sweep's workflows. Reads, and changes nothing. */
export function makeReadDesiredDrive(record: DriveRecord): ControlActivities['readDesiredDrive'] {
  return async ({ sweepId, generation }) => desiredDrive(await record.readSweepDrive(sweepId), generation);
}

export function desiredDrive(drive: SweepDrive | null, generation: number): DesiredDrive {
  const over =
    drive === null || drive.generation !== generation || drive.finished || drive.desiredState === 'cancelled';
  if (over) return { lanes: 0, over: true, probeMissing: false };
  const lanes = drive.desiredState === 'paused' ? 0 : Math.min(drive.trainings, drive.desiredParallelism);
  return { lanes, over: false, probeMissing: drive.theoryMissing };
}
