import { join } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import type { SweepSnapshot, TrialRow } from '../../store/views/sweep-snapshot.ts';
import { readCheckpoint as findCheckpoint } from '../../store/views/sweep-reader.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { type CheckpointState, readCheckpoint } from '../../train/checkpoints/checkpoint.ts';
import type { OpenRecord } from '../../launch/open-record.ts';
import { findTrial } from './find-trial.ts';

/**
 * A trial that has succeeded, with what it was trained to.
 * @throws USAGE where there is nothing trained; CHECKPOINT_INVALID
 */
export async function trainedTrial(
  { store, machine }: OpenRecord,
  snapshot: SweepSnapshot,
  number: number,
): Promise<{ readonly trial: TrialRow; readonly checkpoint: CheckpointState }> {
  const trial = findTrial(snapshot, number);
  if (!traitsOf(snapshot.trainer).base) {
    throw new DropsweepError('USAGE', 'only trainings of dropsweep’s own trainer have an adapter', {
      got: `trial ${number}, trained by: ${snapshot.trainer}`,
    });
  }
  const reference = trial.state === 'succeeded' ? await findCheckpoint(store, trial.trainingId) : null;
  if (reference === null && trial.state === 'succeeded') {
    throw new DropsweepError('USAGE', `the checkpoint of trial ${number} was removed by gc`, {
      got: 'its scores alone',
      fix: 'a sweep that scores something more of it (another M) trains it again, to the same bits; pin it then',
    });
  }
  if (reference === null) {
    throw new DropsweepError('USAGE', `trial ${number} has no trained adapter yet`, {
      got: `${trial.state}, step ${trial.step} of ${trial.totalSteps}`,
      expected: 'a trial that has succeeded',
    });
  }
  const folder = join(machine.dataDirectory, 'checkpoints');
  return { trial, checkpoint: await readCheckpoint(reference, trial.trainingHash, folder) };
}
