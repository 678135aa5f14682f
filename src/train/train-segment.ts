import { DropsweepError } from '../base/errors.ts';
import type { CheckpointReference, SegmentOutcome, TrainSegment } from '../sweep/segment.ts';
import type { AdapterEngine, TrainingState } from './adapter-engine.ts';
import { layoutHash, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { instanceMasks } from './instance-masks.ts';
import type { RunCommand, SegmentReporter } from './segment-runner.ts';
import { trainSteps } from './training-loop.ts';
import { TrainingMetrics } from './training-metrics.ts';
import type { WarmSlot } from './warm-slot.ts';

/** Metrics are sent on at least this often between checkpoints. */
const METRICS_EVERY_MS = 1_000;

/**
 * Trains from the segment's checkpoint (or from step 0) to its end. Checkpoints are written at intervals, at release
 * and at the end; a full disk at an interval is told and survived, at the end it fails the attempt.
 */
export async function trainSegment(
  segment: TrainSegment,
  command: RunCommand,
  reporter: SegmentReporter,
  slot: WarmSlot,
): Promise<SegmentOutcome> {
  const startedAt = performance.now();
  const { specification, endStep, trainingHash } = segment;
  const { configuration, base, task } = specification;
  const engine = await slot.engine(base, command.modelFolder, task, configuration);
  const file = command.datasetFiles[specification.train.hash];
  const tokens = await slot.tokens(base, command.modelFolder, specification.train, file, configuration.max_length);
  const { padId } = await slot.limits(command.modelFolder);
  const plan = slot.plan(specification.train, tokens, configuration.batch_size, configuration.max_length);
  let state = await startingState(segment, command, reporter, engine);
  if (segment.checkpoint !== null && state.step >= endStep) return trained(segment.checkpoint, [], startedAt, engine);

  const metrics = new TrainingMetrics(state.step + 1);
  const save = (): Promise<CheckpointReference> => {
    const { trainer_version: trainerVersion } = specification;
    const { numericsClass, layout } = engine;
    const { seed } = configuration;
    const place = { folder: command.checkpointFolder, storeId: command.storeId, epoch: segment.lease.epoch };
    return writeCheckpoint({ trainingHash, trainerVersion, numericsClass, seed, layout, state }, place);
  };
  /** True when the checkpoint stands; a full disk is told, and the last good checkpoint kept. */
  const saveAndReport = async (): Promise<boolean> => {
    try {
      reporter.checkpoint(await save(), metrics.take());
      return true;
    } catch (error) {
      if (!(error instanceof DropsweepError && error.code === 'DISK_FULL')) throw error;
      reporter.event('checkpoint_failed', { code: error.code, message: error.message, step: state.step });
      return false;
    }
  };
  const loop = {
    engine,
    configuration,
    task,
    tokens,
    padId,
    plan,
    totalSteps: specification.total_steps,
    instanceMasks: instanceMasks(engine.layout, configuration),
  };
  reporter.event('training_started', { step: state.step, start_ms: performance.now() - startedAt });
  let checkpointedAt = performance.now();
  let sentAt = checkpointedAt;
  for await (const { result, learningRate, stepSeconds } of trainSteps(loop, state, endStep)) {
    if (result.nonFinite) return diverged(state.step + 1, reporter, metrics);
    state = result.state;
    metrics.record(result, learningRate, stepSeconds);
    reporter.progress(state.step, endStep);
    if (state.step >= endStep) break;
    if (reporter.releaseRequested) {
      await saveAndReport();
      return { kind: 'released' };
    }
    const now = performance.now();
    if (now - checkpointedAt >= command.checkpointEverySeconds * 1_000) {
      await saveAndReport();
      checkpointedAt = performance.now();
      sentAt = checkpointedAt;
    } else if (now - sentAt >= METRICS_EVERY_MS) {
      reporter.metrics(metrics.take());
      sentAt = now;
    }
  }
  return trained(await save(), metrics.take(), startedAt, engine);
}

/** The checkpoint's state, or the initial one where there is none or it was made in another numerics class. */
async function startingState(
  segment: TrainSegment,
  command: RunCommand,
  reporter: SegmentReporter,
  engine: AdapterEngine,
): Promise<TrainingState> {
  const { checkpoint: reference, trainingHash, specification } = segment;
  const initial = (): TrainingState => engine.initialState(specification.configuration.seed);
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

function trained(
  checkpoint: CheckpointReference,
  metrics: ReturnType<TrainingMetrics['take']>,
  startedAt: number,
  engine: AdapterEngine,
): SegmentOutcome {
  const trainSeconds = (performance.now() - startedAt) / 1_000;
  return { kind: 'trained', checkpoint, metrics, trainSeconds, trainableParameters: engine.layout.length };
}

function diverged(step: number, reporter: SegmentReporter, metrics: TrainingMetrics): SegmentOutcome {
  reporter.metrics(metrics.take());
  const message = `loss or gradient was not finite at step ${step}; lower learning_rate or set clip_norm`;
  return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
}
