import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskFull } from '../../base/disk-full.ts';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { stream } from '../../random/stream.ts';
import type { EvaluateSegment, SegmentOutcome, TrainSegment } from '../../sweep/segment.ts';
import type { SimulationSettings } from '../../sweep/vocabulary.ts';
import type { RunCommand, SegmentReporter, SegmentRunner } from '../process/segment-runner.ts';
import { readJsonCheckpoint, writeJsonCheckpoint } from '../checkpoints/json-checkpoint.ts';
import { simulatedLoss, simulatedMetrics, simulatedParameters } from './simulated-curves.ts';
import type { ProbeRequest, TheoryConstants } from '../process/trainer-protocol.ts';
import { saveWhenThereIsRoom } from '../checkpoints/wait-for-room.ts';

const unset: SimulationSettings = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 1 };

/** Exit status of a trainer process that a simulated crash ended. */
const simulatedCrashStatus = 86;

/**
 * The trainer of load and fault tests: analytic curves instead of work. Whether a training diverges is a function of
 * its hash, whether an attempt kills the process one of hash, rung, kind and attempt.
 */
export function makeSimulatedRunner(): SegmentRunner {
  return {
    run: (command, reporter) =>
      command.segment.kind === 'train'
        ? train(command.segment, command, reporter)
        : evaluate(command.segment, reporter),
    probe,
  };
}

async function train(segment: TrainSegment, command: RunCommand, reporter: SegmentReporter): Promise<SegmentOutcome> {
  const { specification, trainingHash, endStep } = segment;
  const settings = specification.simulation ?? unset;
  const startedAt = performance.now();
  let step =
    segment.checkpoint === null
      ? 0
      : readJsonCheckpoint(segment.checkpoint, trainingHash, command.checkpointFolder).step;
  const crashStep = drawCrashStep(segment, settings, step, endStep);
  const diverges = draw('simulated_failure', trainingHash) < settings.failure_rate;
  const divergesAt = Math.ceil(specification.total_steps / 2);
  const losses: number[] = [];
  let unsentFrom = step + 1;
  let checkpointedAt = performance.now();
  const takeMetrics = () => {
    const chunk = { name: 'loss', firstStep: unsentFrom, values: Float64Array.from(losses) };
    unsentFrom += losses.length;
    losses.length = 0;
    return chunk.values.length === 0 ? [] : [chunk];
  };
  const save = () => {
    const state = { trainer: 'simulated' as const, training_hash: trainingHash, step };
    return writeJsonCheckpoint(segment, state, { folder: command.checkpointFolder, storeId: command.storeId });
  };
  const report = async () => {
    try {
      reporter.checkpoint(await save(), takeMetrics());
    } catch (error) {
      if (!(error instanceof DropsweepError && isDiskFull(error))) throw error;
      reporter.event('checkpoint_failed', { code: error.code, message: error.message, step });
    }
  };
  while (step < endStep) {
    if (reporter.releaseRequested) {
      await report();
      return { kind: 'released' };
    }
    if (settings.step_ms > 0) await sleep(settings.step_ms);
    step += 1;
    if (step === crashStep) process.exit(simulatedCrashStatus);
    if (diverges && step >= divergesAt) return divergence(step);
    losses.push(simulatedLoss(specification.configuration, step, specification.total_steps));
    reporter.progress(step, endStep);
    if (performance.now() - checkpointedAt >= command.checkpointEverySeconds * 1_000 && step < endStep) {
      await report();
      checkpointedAt = performance.now();
    }
  }
  const checkpoint = await saveWhenThereIsRoom(save, reporter, step);
  if (checkpoint === null) return { kind: 'released' };
  return {
    kind: 'trained',
    checkpoint,
    metrics: takeMetrics(),
    trainSeconds: (performance.now() - startedAt) / 1_000,
    trainableParameters: simulatedParameters,
  };
}

async function evaluate(segment: EvaluateSegment, reporter: SegmentReporter): Promise<SegmentOutcome> {
  const settings = segment.specification.simulation ?? unset;
  const startedAt = performance.now();
  const crashStep = drawCrashStep(segment, settings, 0, 1);
  if (reporter.releaseRequested) return { kind: 'released' };
  if (settings.step_ms > 0) await sleep(settings.step_ms);
  if (crashStep === 1) process.exit(simulatedCrashStatus);
  reporter.progress(1, 1);
  const progress = segment.checkpoint.step / segment.specification.total_steps;
  const results = segment.evaluations.map(({ evaluationId, configuration, dataset }) => {
    const metrics = simulatedMetrics(segment.specification.configuration, configuration, progress, dataset.rows);
    return { evaluationId, metrics, predictionsSha256: sha256(JSON.stringify(metrics)) };
  });
  const evaluateSeconds = (performance.now() - startedAt) / 1_000;
  return { kind: 'evaluated', members: [], results, evaluateSeconds };
}

async function probe(request: ProbeRequest): Promise<TheoryConstants> {
  return {
    loss_bound: 2,
    lipschitz: 1,
    hessian_minimum: 0.01,
    confidence: 0.05,
    train_rows: request.train.rows,
    method: 'simulated: fixed constants, nothing was measured',
  };
}

function divergence(step: number): SegmentOutcome {
  const message = `simulated divergence at step ${step}`;
  return { kind: 'failed', outcome: 'diverged', code: 'SIMULATED_DIVERGENCE', message };
}

/** The step at which this attempt kills its process; null: at none. */
function drawCrashStep(
  segment: TrainSegment | EvaluateSegment,
  settings: SimulationSettings,
  firstStep: number,
  endStep: number,
): number | null {
  const keys = [segment.kind, segment.rung, segment.attempt];
  if (draw('simulated_crash', segment.trainingHash, ...keys) >= settings.crash_rate) return null;
  const place = draw('simulated_crash_step', segment.trainingHash, ...keys);
  return firstStep + 1 + Math.floor(place * (endStep - firstStep));
}

function draw(name: string, ...keys: readonly (string | number)[]): number {
  return stream(0, name, ...keys).uniforms(1)[0] ?? 0;
}
