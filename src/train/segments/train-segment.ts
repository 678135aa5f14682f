import { batchLabels, tokenBatch } from '../../data/batches/token-batch.ts';
import { bundleKey } from '../../sweep/packing.ts';
import type { CheckpointReference, MetricChunk, SegmentOutcome, TrainSegment } from '../../sweep/segment.ts';
import { taskOf } from '../../tasks/tasks.ts';
import type { AdapterEngine, TrainingState } from '../engine/adapter-engine.ts';
import { type DevSelector, openDevSelector } from './dev-selector.ts';
import { instanceMasks } from '../engine/masks/instance-masks.ts';
import { measurePacking } from './measure-packing.ts';
import { type Attempt, reportCheckpoint, saveCheckpoint, startingState } from '../checkpoints/segment-checkpoints.ts';
import type { RunCommand, SegmentReporter } from '../process/segment-runner.ts';
import type { ClockShare } from './shared-clock.ts';
import { stepHyperparameters, type TrainingLoop, trainSteps } from './training-loop.ts';
import { TrainingMetrics } from './training-metrics.ts';
import { saveWhenThereIsRoom } from '../checkpoints/wait-for-room.ts';
import type { WarmSlot } from './warm-slot.ts';

/** Metrics are sent on at least this often between checkpoints. */
const METRICS_EVERY_MS = 1_000;

/**
 * Trains from the segment's checkpoint (or from step 0) to its end. Checkpoints are written at intervals, at release
 * and at the end; a full disk at an interval is told and survived, at the end it is waited for.
 */
export async function trainSegment(
  segment: TrainSegment,
  command: RunCommand,
  reporter: SegmentReporter,
  slot: WarmSlot,
): Promise<SegmentOutcome> {
  const share = slot.clock.enter();
  try {
    return await trainAndSave(segment, command, reporter, { slot, share });
  } finally {
    share.leave();
  }
}

async function trainAndSave(
  segment: TrainSegment,
  command: RunCommand,
  reporter: SegmentReporter,
  { slot, share }: { readonly slot: WarmSlot; readonly share: ClockShare },
): Promise<SegmentOutcome> {
  const startedAt = performance.now();
  const { specification } = segment;
  const { base, task, configuration, trainer_version: version } = specification;
  const engine = await slot.engine(base, command.modelFolder, task, configuration, version);
  const loop = await openLoop(segment, command, slot, engine);
  const attempt: Attempt = { segment, command, reporter, engine };
  const place = await slot.gather(bundleKey(specification), engine, () => packOf(segment, loop, reporter, slot));
  let reached: SegmentOutcome | Reached;
  try {
    const selector = await openDevSelector(specification, { engine, command, reporter, slot });
    reached = await trainInPlace(attempt, { ...loop, place }, selector, { startedAt, share });
  } finally {
    place.leave();
  }
  if ('kind' in reached) return reached;
  const { state, metrics } = reached;
  const saved = await saveWhenThereIsRoom(() => saveCheckpoint(attempt, state), reporter, state.step);
  return saved === null ? { kind: 'released' } : trained(saved, metrics.take(), share, engine);
}

/** A training at its segment's end, not yet saved. */
interface Reached {
  readonly state: TrainingState;
  readonly metrics: TrainingMetrics;
}

async function trainInPlace(
  attempt: Attempt,
  loop: TrainingLoop,
  selector: DevSelector | null,
  { startedAt, share }: { readonly startedAt: number; readonly share: ClockShare },
): Promise<SegmentOutcome | Reached> {
  const { segment, command, reporter, engine } = attempt;
  const { endStep } = segment;
  const { configuration } = loop;
  let state = await startingState(attempt);
  if (selector === null && segment.checkpoint !== null && state.step >= endStep)
    return trained(segment.checkpoint, [], share, engine);
  const looked = await lookAt(selector, state);
  if (looked === null) return { kind: 'released' };
  state = looked;
  const metrics = new TrainingMetrics(state.step + 1, configuration.orthogonality !== undefined);
  reporter.event('training_started', { step: state.step, start_ms: performance.now() - startedAt });
  let checkpointedAt = performance.now();
  let sentAt = checkpointedAt;
  const steps = isStopped(state) ? [] : trainSteps(loop, state, endStep);
  for await (const taken of steps) {
    const { result } = taken;
    if (taken.again) {
      // The last good checkpoint stands: going on from it, the same overflow is met again.
      state = { ...result.state, ...selectionOf(state) };
      reporter.event('overflow_skipped', { step: state.step + 1, loss_scale: state.lossScale?.scale });
      reporter.progress(state.step, endStep);
      continue;
    }
    if (result.nonFinite) return diverged(state.step + 1, reporter, metrics);
    state = { ...result.state, ...selectionOf(state) };
    metrics.record(taken);
    reporter.progress(state.step, endStep);
    const chosen = await lookAt(selector, state);
    state = chosen ?? state;
    if (chosen !== null && (state.step >= endStep || isStopped(state))) break;
    if (chosen === null || reporter.releaseRequested) {
      await reportCheckpoint(attempt, state, metrics);
      return { kind: 'released' };
    }
    const now = performance.now();
    if (now - checkpointedAt >= command.checkpointEverySeconds * 1_000) {
      await reportCheckpoint(attempt, state, metrics);
      checkpointedAt = performance.now();
      sentAt = checkpointedAt;
    } else if (now - sentAt >= METRICS_EVERY_MS) {
      reporter.metrics(metrics.take());
      sentAt = now;
    }
  }
  return { state: selector === null ? state : selector.atEnd(state, endStep), metrics };
}

/** Null: the slot was asked for meanwhile. */
function lookAt(selector: DevSelector | null, state: TrainingState): Promise<TrainingState | null> {
  return selector === null ? Promise.resolve(state) : selector.look(state);
}

/** The part of a training's state that steps do not know of. */
function selectionOf({ selection }: TrainingState): Pick<TrainingState, 'selection'> {
  return selection === undefined ? {} : { selection };
}

function isStopped({ selection }: TrainingState): boolean {
  return (selection?.stoppedAt ?? null) !== null;
}

async function openLoop(
  segment: TrainSegment,
  command: RunCommand,
  slot: WarmSlot,
  engine: AdapterEngine,
): Promise<Omit<TrainingLoop, 'place'>> {
  const { base, task, configuration, train, total_steps: totalSteps } = segment.specification;
  const { batch_size: batchSize, max_length: maxLength } = configuration;
  const file = command.datasetFiles[train.hash];
  const { inputs } = await slot.encoded({
    base,
    modelFolder: command.modelFolder,
    task,
    dataset: train,
    file,
    inputsFolder: command.inputsFolder,
    maxLength,
    training: true,
  });
  const { padId } = await slot.limits(base, command.modelFolder);
  const plan = slot.plan(inputs, batchSize);
  engine.demandMemory(configuration.micro_batch_size ?? batchSize, plan.buckets.at(-1) ?? maxLength);
  return {
    engine,
    configuration,
    labels: taskOf(task).objective.loss(task, configuration).labels,
    inputs,
    padId,
    plan,
    totalSteps,
    instanceMasks: instanceMasks(engine.layout, configuration),
  };
}

/** The pack that the segment came with, or what is measured now on a batch of the largest shape. */
async function packOf(
  { pack, endStep }: TrainSegment,
  { engine, configuration, inputs, labels, plan, padId }: Omit<TrainingLoop, 'place'>,
  reporter: SegmentReporter,
  slot: WarmSlot,
): Promise<number> {
  const length = plan.buckets.at(-1) ?? configuration.max_length;
  const rows = Math.min(configuration.batch_size, plan.lengths.length);
  const fits = (wanted: number) => engine.packThatFits(wanted, configuration.micro_batch_size ?? rows, length);
  if (pack !== null) return fits(pack);
  // One that is to be evaluated alone takes no step.
  if (endStep === 0) return 1;
  const largest = { rows: Uint32Array.from({ length: rows }, (_, row) => row), length };
  const measured = await measurePacking({
    engine,
    device: slot.device,
    batch: tokenBatch(inputs, largest, padId),
    labels: batchLabels(inputs, largest, labels),
    hyperparameters: stepHyperparameters(configuration, configuration.learning_rate),
  });
  reporter.packing(measured);
  return measured.pack;
}

function trained(
  checkpoint: CheckpointReference,
  metrics: readonly MetricChunk[],
  share: ClockShare,
  engine: AdapterEngine,
): SegmentOutcome {
  const trainableParameters = engine.layout.length;
  return { kind: 'trained', checkpoint, metrics, trainSeconds: share.seconds(), trainableParameters };
}

function diverged(step: number, reporter: SegmentReporter, metrics: TrainingMetrics): SegmentOutcome {
  reporter.metrics(metrics.take());
  const message = `loss or gradient was not finite at step ${step}; lower learning_rate or set clip_norm`;
  return { kind: 'failed', outcome: 'diverged', code: 'NON_FINITE', message };
}
