import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RankAllocation } from '../../adapters/adalora/rank-allocator.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { readFloat32, readSafetensorsHeader } from '../../formats/safetensors.ts';
import { writeSafetensors } from '../../formats/write-safetensors.ts';
import type { CheckpointReference } from '../../sweep/segment.ts';
import type { TrainableLayout, TrainingState } from '../engine/adapter-engine.ts';
import { writeCheckpointFile } from './checkpoint-file.ts';
import { readSelection, serialiseSelection } from './checkpoint-selection.ts';

/** A training between two steps, with what it takes to go on from there or to export it. */
export interface CheckpointState {
  readonly trainingHash: string;
  readonly trainerVersion: string;
  readonly numericsClass: string;
  readonly seed: number;
  readonly layout: TrainableLayout;
  readonly state: TrainingState;
}

/** Where a checkpoint goes. */
export interface CheckpointPlace {
  /** This machine's checkpoint folder and its id; references hold paths relative to it. */
  readonly folder: string;
  readonly storeId: string;
  /** Lease epoch: two attempts never write the same file. */
  readonly epoch: number;
}

const vectors = ['parameters', 'first_moment', 'second_moment'] as const;
/** Only there where ranks are allocated. */
const allocationVectors = ['sensitivity', 'uncertainty', 'active_ranks'] as const;

/** SHA-256 of a layout's canonical JSON. */
export function layoutHash(layout: TrainableLayout): string {
  return sha256(layoutJson(layout));
}

/**
 * Writes a checkpoint's file durably. The bytes depend on the training alone, so
 * two runs of one training write equal files; only the name carries step and epoch.
 * @throws DropsweepError DISK_FULL when the disk has no room; the file of an earlier step stays as it is
 */
export async function writeCheckpoint(
  checkpoint: CheckpointState,
  place: CheckpointPlace,
): Promise<CheckpointReference> {
  const { trainingHash, state } = checkpoint;
  const name = `step-${state.step}-epoch-${place.epoch}.safetensors`;
  const uri = join('onnx', trainingHash.slice(0, 2), trainingHash, name);
  const path = join(place.folder, uri);
  const bytes = serialise(checkpoint);
  await writeCheckpointFile(path, bytes);
  return { storeId: place.storeId, uri, step: state.step, sha256: sha256(bytes), bytes: bytes.length };
}

/**
 * Reads a checkpoint that was recorded, checking its SHA-256, training and step.
 * @throws DropsweepError CHECKPOINT_INVALID
 */
export async function readCheckpoint(
  reference: CheckpointReference,
  trainingHash: string,
  folder: string,
): Promise<CheckpointState> {
  const path = join(folder, reference.uri);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw invalid(path, 'the checkpoint cannot be read', { cause });
  });
  const digest = sha256(bytes);
  if (digest !== reference.sha256) {
    throw invalid(path, 'the checkpoint is not the one that was recorded', { got: digest, expected: reference.sha256 });
  }
  const checkpoint = readCheckpointState(path);
  if (checkpoint.trainingHash !== trainingHash || checkpoint.state.step !== reference.step) {
    throw invalid(path, 'the checkpoint belongs to another training or step', {
      got: `${checkpoint.trainingHash} at step ${checkpoint.state.step}`,
      expected: `${trainingHash} at step ${reference.step}`,
    });
  }
  return checkpoint;
}

/**
 * Reads a checkpoint file by its path alone, for exports and tests.
 * @throws DropsweepError CHECKPOINT_INVALID when it is truncated, malformed, or its vectors contradict its layout
 */
export function readCheckpointState(path: string): CheckpointState {
  try {
    const { metadata, tensors } = readSafetensorsHeader(path);
    const layout: TrainableLayout = JSON.parse(required(metadata, 'layout', path));
    const read = (name: string, length: number): Float32Array => {
      const entry = tensors.get(name);
      if (entry === undefined || entry.shape.length !== 1 || entry.shape[0] !== length) {
        throw invalid(path, `the vector ${name} is missing or has another length`, { expected: `[${length}]` });
      }
      return readFloat32(path, name, entry);
    };
    const [parameters, firstMoment, secondMoment] = vectors.map((name) => read(name, layout.length));
    if (parameters === undefined || firstMoment === undefined || secondMoment === undefined) {
      throw invalid(path, 'a vector is missing', { expected: vectors.join(', ') });
    }
    const step = Number(required(metadata, 'step', path));
    const allocation = allocationVectors.some((name) => tensors.has(name))
      ? { allocation: readAllocation(layout, read) }
      : {};
    return {
      trainingHash: required(metadata, 'training_hash', path),
      trainerVersion: required(metadata, 'trainer_version', path),
      numericsClass: required(metadata, 'numerics_class', path),
      seed: Number(required(metadata, 'seed', path)),
      layout,
      state: {
        parameters,
        firstMoment,
        secondMoment,
        step,
        ...allocation,
        ...readSelection(metadata, (name) => read(name, layout.length)),
        ...readLossScale(metadata, path),
      },
    };
  } catch (error) {
    if (error instanceof DropsweepError && error.code === 'CHECKPOINT_INVALID') throw error;
    throw invalid(path, 'the checkpoint is malformed', { cause: error });
  }
}

function readLossScale(metadata: Readonly<Record<string, string>>, path: string): Pick<TrainingState, 'lossScale'> {
  if (metadata['loss_scale'] === undefined) return {};
  const [scale, goodSteps] = [Number(metadata['loss_scale']), Number(required(metadata, 'good_steps', path))];
  if (scale > 0 && Number.isSafeInteger(goodSteps)) return { lossScale: { scale, goodSteps } };
  throw invalid(path, 'the loss scale is malformed', { got: `${scale} after ${goodSteps} good steps` });
}

function readAllocation(layout: TrainableLayout, read: (name: string, length: number) => Float32Array): RankAllocation {
  const triplets = layout.tensors.filter(({ name }) => name.endsWith('.lora_E'));
  const ranks = triplets.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return {
    sensitivity: read('sensitivity', layout.length),
    uncertainty: read('uncertainty', layout.length),
    active: read('active_ranks', ranks),
  };
}

function serialise({ trainingHash, trainerVersion, numericsClass, seed, layout, state }: CheckpointState): Uint8Array {
  const shape = [layout.length];
  const { allocation } = state;
  const selection = serialiseSelection(state.selection, layout.length);
  const allocated =
    allocation === undefined
      ? []
      : [
          { name: 'sensitivity', shape, data: allocation.sensitivity },
          { name: 'uncertainty', shape, data: allocation.uncertainty },
          { name: 'active_ranks', shape: [allocation.active.length], data: allocation.active },
        ];
  return writeSafetensors(
    [
      { name: 'parameters', shape, data: state.parameters },
      { name: 'first_moment', shape, data: state.firstMoment },
      { name: 'second_moment', shape, data: state.secondMoment },
      ...allocated,
      ...selection.tensors,
    ],
    {
      format: 'dropsweep-checkpoint-1',
      training_hash: trainingHash,
      trainer_version: trainerVersion,
      numerics_class: numericsClass,
      seed: String(seed),
      step: String(state.step),
      ...(state.lossScale === undefined
        ? {}
        : { loss_scale: String(state.lossScale.scale), good_steps: String(state.lossScale.goodSteps) }),
      ...selection.metadata,
      // Streams have no position of their own: seed and step name every draw that is still to come.
      streams: 'order(seed, epoch); mask(seed, step, module, instance)',
      layout: layoutJson(layout),
      layout_hash: layoutHash(layout),
    },
  );
}

function layoutJson({ modules, tensors, length }: TrainableLayout): string {
  return canonicalJson({
    modules: modules.map(({ name, inFeatures, outFeatures }) => ({ name, inFeatures, outFeatures })),
    tensors: tensors.map(({ name, shape, offset }) => ({ name, shape, offset })),
    length,
  });
}

function required(metadata: Readonly<Record<string, string>>, name: string, path: string): string {
  const value = metadata[name];
  if (value === undefined) throw invalid(path, `the checkpoint lacks ${name}`, { expected: name });
  return value;
}

function invalid(
  where: string,
  what: string,
  facts: { readonly got?: string; readonly expected?: string; readonly cause?: unknown },
): DropsweepError {
  return new DropsweepError('CHECKPOINT_INVALID', what, { where, ...facts });
}
