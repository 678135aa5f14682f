import { DropsweepError } from '../../base/errors.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';

/** @throws DropsweepError SWEEP_NOT_FOUND */
export function findTrial(snapshot: SweepSnapshot, number: number): TrialRow {
  const found = snapshot.trials.find(({ trial }) => trial === number);
  if (found !== undefined) return found;
  throw new DropsweepError('SWEEP_NOT_FOUND', `the sweep ${snapshot.name} has no trial ${number}`, {
    expected: `1 to ${snapshot.trialCount}`,
    fix: `dropsweep show ${snapshot.name} lists them`,
  });
}
