import { readFrozenConfiguration } from '../../adapters/peft/frozen-adapter.ts';
import { readPeftParameters } from '../../adapters/peft/read-adapter.ts';
import { present } from '../../base/defect.ts';
import { isDiskFull } from '../../base/disk-full.ts';
import { DropsweepError } from '../../base/errors.ts';
import type { CheckpointReference, TrainSegment } from '../../sweep/segment.ts';
import type { AdapterEngine, TrainingState } from '../engine/adapter-engine.ts';
import { layoutHash, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { RunCommand, SegmentReporter } from '../process/segment-runner.ts';
import type { TrainingMetrics } from '../segments/training-metrics.ts';

/** One attempt at a segment: what its checkpoints are of and where they go. */
export interface Attempt {
  readonly segment: TrainSegment;
  readonly command: RunCommand;
  readonly reporter: SegmentReporter;
  readonly engine: AdapterEngine;
}

/** @throws DropsweepError DISK_FULL */
export function saveCheckpoint(
  { segment, command, engine }: Attempt,
  state: TrainingState,
): Promise<CheckpointReference> {
  const { trainingHash, specification, lease } = segment;
  const { numericsClass, layout } = engine;
  return writeCheckpoint(
    {
      trainingHash,
      trainerVersion: specification.trainer_version,
      numericsClass,
      seed: specification.configuration.seed,
      layout,
      state,
    },
    { folder: command.checkpointFolder, storeId: command.storeId, epoch: lease.epoch },
  );
}

/** Saves and tells, with the metrics so far. A full disk is told too, and survived: the last good checkpoint stands. */
export async function reportCheckpoint(
  attempt: Attempt,
  state: TrainingState,
  metrics: TrainingMetrics,
): Promise<void> {
  try {
    attempt.reporter.checkpoint(await saveCheckpoint(attempt, state), metrics.take());
  } catch (error) {
    if (!(error instanceof DropsweepError && isDiskFull(error))) throw error;
    attempt.reporter.event('checkpoint_failed', { code: error.code, message: error.message, step: state.step });
  }
}

/**
 * The state to go on from: the checkpoint's, or the initial one where there is none or it was made in another
 * numerics class.
 * @throws DropsweepError CHECKPOINT_INVALID
 */
export async function startingState({ segment, command, reporter, engine }: Attempt): Promise<TrainingState> {
  const { checkpoint: reference, trainingHash, specification } = segment;
  const { seed } = specification.configuration;
  const initial = (): TrainingState =>
    beginWith(engine.initialState(seed, specification.base_head), segment, command, engine);
  if (reference === null) return initial();
  const checkpoint = await readCheckpoint(reference, trainingHash, command.checkpointFolder);
  if (layoutHash(checkpoint.layout) !== layoutHash(engine.layout)) {
    throw new DropsweepError('CHECKPOINT_INVALID', 'the checkpoint has another layout of trainable tensors', {
      where: reference.uri,
      got: layoutHash(checkpoint.layout),
      expected: layoutHash(engine.layout),
    });
  }
  if (checkpoint.numericsClass !== engine.numericsClass) {
    // Going on here would give bits that no uninterrupted run gives, in either class.
    const classes = { checkpoint: checkpoint.numericsClass, slot: engine.numericsClass };
    reporter.event('restarted_in_other_numerics_class', classes);
    return initial();
  }
  return checkpoint.state;
}

/** The initial state with the adapter that the training begins with, where it has one. */
function beginWith(
  state: TrainingState,
  { specification }: TrainSegment,
  { datasetFiles }: RunCommand,
  { layout }: AdapterEngine,
): TrainingState {
  const { init_adapter: adapter } = specification;
  if (adapter === undefined) return state;
  const file = present(datasetFiles[adapter.hash], `the frozen adapter ${adapter.hash}`);
  const vector = { tensors: layout.tensors, length: layout.length, start: state.parameters };
  return { ...state, parameters: readPeftParameters(file, readFrozenConfiguration(file), vector) };
}
