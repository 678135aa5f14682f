import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import type { CheckpointReference, TrainSegment } from '../../sweep/segment.ts';
import type { TrainerKind } from '../../sweep/vocabulary.ts';
import { writeCheckpointFile } from './checkpoint-file.ts';

/** Where a training stands whose trainer keeps no tensors: a small JSON file in place of a checkpoint's. */
export interface JsonCheckpoint {
  readonly trainer: TrainerKind;
  readonly training_hash: string;
  readonly step: number;
  readonly [name: string]: Json;
}

/**
 * Writes it durably. Its name carries the lease's epoch. Many lie in one folder: one for each would take longer to make
 * than what lies in it.
 * @throws DropsweepError DISK_FULL
 */
export async function writeJsonCheckpoint(
  { lease, trainingHash: hash }: Pick<TrainSegment, 'lease' | 'trainingHash'>,
  state: JsonCheckpoint,
  { folder, storeId }: { readonly folder: string; readonly storeId: string },
): Promise<CheckpointReference> {
  const { trainer, step } = state;
  const uri = join(trainer, hash.slice(0, 2), `${hash}-step-${step}-epoch-${lease.epoch}.json`);
  const content = JSON.stringify(state);
  await writeCheckpointFile(join(folder, uri), Buffer.from(content));
  return { storeId, uri, step, sha256: sha256(content), bytes: Buffer.byteLength(content) };
}

/** @throws DropsweepError CHECKPOINT_INVALID when the file is missing, altered, or of another training. */
export function readJsonCheckpoint(
  checkpoint: CheckpointReference,
  trainingHash: string,
  folder: string,
): JsonCheckpoint {
  const path = join(folder, checkpoint.uri);
  const content = readContent(path);
  if (sha256(content) !== checkpoint.sha256) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint is not the one that was recorded', {
      where: path,
      got: sha256(content),
      expected: checkpoint.sha256,
    });
  }
  const state: JsonCheckpoint = JSON.parse(content);
  if (state.training_hash !== trainingHash || state.step !== checkpoint.step) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint belongs to another training or step', {
      where: path,
    });
  }
  return state;
}

function readContent(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint cannot be read', { where: path, cause });
  }
}
