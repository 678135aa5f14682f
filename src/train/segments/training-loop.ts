import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { type BatchPlan, type BatchRows, epochBatches, stepsPerEpoch } from '../../data/batches/epoch-batches.ts';
import { batchLabels, tokenBatch } from '../../data/batches/token-batch.ts';
import type { EncodedInput } from '../../data/encoded-rows.ts';
import type { LabelLayout } from '../../models/heads/losses.ts';
import { droppedShare } from '../../sweep/mask-variant.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type {
  AdapterEngine,
  AdapterMasks,
  StepHyperparameters,
  StepResult,
  TrainingState,
} from '../engine/adapter-engine.ts';
import { decideScale } from '../engine/passes/loss-scale.ts';
import { learningRateFactor } from './learning-rate-schedule.ts';
import { type RankAllocator, rankAllocator } from '../engine/rank-allocation.ts';
import type { GatheredTraining } from '../engine/passes/step-gathering.ts';

/** Everything that decides a training's tensors. */
export interface TrainingLoop {
  readonly engine: AdapterEngine;
  readonly configuration: TrainingConfiguration;
  /** How the task's loss takes labels. */
  readonly labels: LabelLayout;
  readonly inputs: readonly EncodedInput[];
  readonly padId: number;
  readonly plan: BatchPlan;
  /** Steps of the whole training, not of a rung: the schedule runs over them. */
  readonly totalSteps: number;
  /** The masks of one instance of a step; keyed by (seed, 'mask', step, module, instance). Steps count from 0. */
  instanceMasks(step: number, instance: number): AdapterMasks;
  /** Where the steps are taken, alone or with other trainings. */
  readonly place: GatheredTraining;
}

/** A step just taken, or one that is taken again with a smaller loss scale: then only that differs in its state. */
export interface StepTaken {
  readonly again: boolean;
  readonly result: StepResult;
  readonly learningRate: number;
  readonly stepSeconds: number;
  /** Of the step's rows, padding left out; each once, however many instances pass over it. */
  readonly tokens: number;
}

/**
 * Takes steps until `endStep`, yielding each. What a step does depends on the state and its number alone, so going on
 * from a checkpoint gives the same bits as never having stopped. Gives the event loop a turn between steps, for the
 * channel to the supervisor.
 */
export async function* trainSteps(
  loop: TrainingLoop,
  start: TrainingState,
  endStep: number,
): AsyncGenerator<StepTaken> {
  const { engine, configuration, inputs, totalSteps } = loop;
  const batchOf = epochReader(loop);
  const allocate = rankAllocator(engine.layout, configuration, totalSteps);
  let state = start;
  while (state.step < endStep) {
    const step = state.step;
    const startedAt = performance.now();
    const batch = batchOf(step);
    const learningRate = configuration.learning_rate * learningRateFactor(step, totalSteps, configuration);
    const instances = Array.from({ length: configuration.train_instances }, (_, i) => loop.instanceMasks(step, i));
    const stepped = await loop.place.take({
      step,
      training: { state, instances, hyperparameters: stepHyperparameters(configuration, learningRate) },
      batch: tokenBatch(inputs, batch, loop.padId),
      labels: batchLabels(inputs, batch, loop.labels),
    });
    const { again, result } = settle(state, stepped, allocate);
    state = result.state;
    const tokens = batch.rows.reduce((sum, row) => sum + (inputs[row]?.ids.length ?? 0), 0);
    yield { again, result, learningRate, tokens, stepSeconds: (performance.now() - startedAt) / 1_000 };
    if (result.nonFinite && !again) return;
    await turnOfEventLoop();
  }
}

/** Settles a step beyond the optimiser's vectors: ranks and the loss scale; an overflow, the scale alone. */
function settle(
  before: TrainingState,
  stepped: StepResult,
  allocate: RankAllocator | null,
): Pick<StepTaken, 'again' | 'result'> {
  const scaled = before.lossScale === undefined ? null : decideScale(before.lossScale, stepped);
  if (scaled?.kind === 'again') {
    return { again: true, result: { ...stepped, state: { ...before, lossScale: scaled.lossScale } } };
  }
  const state = allocate === null || stepped.nonFinite ? stepped.state : allocate(before, stepped);
  const lossScale = scaled?.kind === 'taken' ? { lossScale: scaled.lossScale } : {};
  return { again: false, result: { ...stepped, state: { ...state, ...lossScale } } };
}

/** @param learningRate already scheduled */
export function stepHyperparameters(configuration: TrainingConfiguration, learningRate: number): StepHyperparameters {
  return {
    droppedShare: droppedShare(configuration, configuration.dropout_rate, configuration.rank),
    sparsity: configuration.sparsity,
    orthogonality: configuration.orthogonality ?? 0,
    learningRate,
    headRate: configuration.lr_head === undefined ? null : configuration.lr_head / configuration.learning_rate,
    weightDecay: configuration.weight_decay,
    decayBiases: configuration.decay_biases,
    beta1: configuration.adam_beta1,
    beta2: configuration.adam_beta2,
    epsilon: configuration.adam_epsilon,
    clipNorm: configuration.clip_norm,
    microBatchRows: configuration.micro_batch_size ?? null,
  };
}

/** The batch of a step: epochs are drawn as wholes and kept while they last. */
function epochReader({ plan, configuration }: TrainingLoop): (step: number) => BatchRows {
  const steps = stepsPerEpoch(plan.lengths.length, configuration.batch_size);
  let epoch = -1;
  let batches: readonly BatchRows[] = [];
  return (step) => {
    const wanted = Math.floor(step / steps);
    if (wanted !== epoch) {
      epoch = wanted;
      batches = epochBatches(plan, configuration.seed, epoch);
    }
    const batch = batches[step % steps];
    if (batch === undefined) throw new RangeError(`no batch for step ${step}`);
    return batch;
  };
}
