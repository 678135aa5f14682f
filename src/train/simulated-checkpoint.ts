import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { sha256 } from '../base/sha256.ts';
import type { CheckpointReference, TrainSegment } from '../sweep/segment.ts';
import { writeCheckpointFile } from './checkpoint-file.ts';

interface SimulatedState {
  readonly trainer: 'simulated';
  readonly training_hash: string;
  readonly step: number;
}

/** Writes a checkpoint's file durably. Its name carries the lease's epoch. @throws DropsweepError DISK_FULL */
export async function writeSimulatedCheckpoint(
  segment: TrainSegment,
  step: number,
  folder: string,
  storeId: string,
): Promise<CheckpointReference> {
  const hash = segment.trainingHash;
  const uri = join('simulated', hash.slice(0, 2), hash, `step-${step}-epoch-${segment.lease.epoch}.json`);
  const state: SimulatedState = { trainer: 'simulated', training_hash: hash, step };
  const content = JSON.stringify(state);
  const path = join(folder, uri);
  await writeCheckpointFile(path, Buffer.from(content));
  return { storeId, uri, step, sha256: sha256(content), bytes: Buffer.byteLength(content) };
}

/** @throws DropsweepError CHECKPOINT_INVALID when the file is missing, altered, or of another training. */
export async function readSimulatedCheckpoint(
  checkpoint: CheckpointReference,
  trainingHash: string,
  folder: string,
): Promise<number> {
  const path = join(folder, checkpoint.uri);
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint cannot be read', { where: path, cause });
  });
  if (sha256(content) !== checkpoint.sha256) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint is not the one that was recorded', {
      where: path,
      got: sha256(content),
      expected: checkpoint.sha256,
    });
  }
  const state: Partial<SimulatedState> = JSON.parse(content);
  if (state.training_hash !== trainingHash || state.step !== checkpoint.step) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint belongs to another training or step', {
      where: path,
    });
  }
  return checkpoint.step;
}
