import type { RankAllocation } from '../../adapters/adalora/rank-allocator.ts';
import type { AdaptedLinear } from '../../adapters/adapter-method.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import type { PlaceKind } from '../../sweep/element-dropout.ts';
import type { AdapterShape, BaseHead, HeadShape, TaskShape } from '../../sweep/vocabulary.ts';
import type { DevSelection } from '../segments/dev-selection.ts';
import type { DropoutPlace } from './masks/dropout-places.ts';
import type { LossScale } from './passes/loss-scale.ts';
import type { Beginning } from './passes/shared-beginnings.ts';

/** Rows of one length bucket, row-major. Padded positions have attention 0. */
export interface TokenBatch {
  readonly rows: number;
  readonly length: number;
  /** [rows, length] */
  readonly inputIds: BigInt64Array;
  /** [rows, length] 1 keeps */
  readonly attentionMask: BigInt64Array;
  /** [rows, length] */
  readonly tokenTypeIds: BigInt64Array;
  /** [rows] Each row's number in the set that it is of: what its element-wise masks go by, wherever it stands. */
  readonly samples: Uint32Array;
}

/**
 * Class indices, targets of a regression, start and end positions [rows, 2], or tokens [rows, length], each at its own
 * place, with −100 where none counts.
 */
export type BatchLabels = BigInt64Array | Float32Array;

/** One instance's masks of single elements, each place's drawn for the batch that a pass is over. */
export interface ElementMasks {
  /** Kinds of places that something is dropped at. */
  readonly kinds: readonly PlaceKind[];
  /** Factor of a kind's kept elements. */
  factor(kind: PlaceKind): number;
  /** Writes 1 where an element is kept, else 0. @param into [rows of the place over the batch, features] */
  draw(place: DropoutPlace, batch: TokenBatch, into: Uint8Array): void;
}

/** One instance's (or member's) masks over all modules, in the layout's order. 1 keeps. */
export interface AdapterMasks {
  /** Σ in_features of the modules, concatenated. */
  readonly input: Float32Array;
  /** Σ out_features of the modules, concatenated. */
  readonly output: Float32Array;
  /** Ranks of the modules, concatenated; absent: none is dropped. */
  readonly rank?: Float32Array;
  /** Absent: no single element is dropped. */
  readonly elements?: ElementMasks;
}

/** Where each trainable tensor lies in the flat vectors. */
export interface TrainableTensor {
  /** PEFT's naming without its prefix, e.g. `bert.encoder.layer.0.attention.self.query.lora_A`, or `head.<name>`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

export interface TrainableLayout {
  readonly modules: readonly AdaptedLinear[];
  readonly tensors: readonly TrainableTensor[];
  /** Length of the flat vectors. */
  readonly length: number;
}

/** All that a step changes. Flat float32 vectors in the layout's order. */
export interface TrainingState {
  readonly parameters: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** Optimiser steps taken. */
  readonly step: number;
  /** State of the allocation of ranks; absent where none has been made. The engine does not look at it. */
  readonly allocation?: RankAllocation;
  /** The looks at the dev rows so far; absent where the last step is kept. The engine does not look at it. */
  readonly selection?: DevSelection;
  /** Absent where the base is not in float16. The engine scales by it and leaves it as it is. */
  readonly lossScale?: LossScale;
}

export interface StepHyperparameters {
  /** Factor of λ: the probability that masks drop an entry of the update. */
  readonly droppedShare: number;
  /** λ */
  readonly sparsity: number;
  /** γ; 0 where the method has no such penalty. */
  readonly orthogonality: number;
  /** Already scheduled for this step. */
  readonly learningRate: number;
  /** The head's learning rate in learning rates; null: 1. */
  readonly headRate: number | null;
  readonly weightDecay: number;
  readonly decayBiases: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly clipNorm: number | null;
  /** Rows of one pass; null: the batch. Trainings that step together have the same. */
  readonly microBatchRows: number | null;
}

/** The part of one training of several in a step on a batch that they share. */
export interface TrainingStep {
  readonly state: TrainingState;
  /** N of them. */
  readonly instances: readonly AdapterMasks[];
  readonly hyperparameters: StepHyperparameters;
}

export interface StepResult {
  readonly state: TrainingState;
  /** data loss (mean over instances) + penalties */
  readonly loss: number;
  readonly dataLoss: number;
  readonly sparsityPenalty: number;
  readonly orthogonalityPenalty: number;
  /** Global L2 norm of the mean gradient before clipping. */
  readonly gradientNorm: number;
  /** The gradient that the optimiser saw, penalties and clipping included; null where the method keeps its ranks. */
  readonly gradient: Float32Array | null;
  /** A NaN or infinity in loss or gradient: the state was passed through unchanged. */
  readonly nonFinite: boolean;
}

export interface EngineRequest {
  readonly modelFolder: string;
  readonly task: TaskShape;
  readonly adapter: AdapterShape;
  /** Absent: the family's own head, no smoothing. */
  readonly head?: HeadShape;
  /** Intra-op threads of the slot. */
  readonly threads: number;
  /** Absent: the CPU. */
  readonly device?: DeviceKind;
  /** Whether a training step has rows for padding, as those of older trainer versions do; absent: where it must. */
  readonly paddingHasRows?: boolean;
  /** Begins the name of the profile that onnxruntime writes when the engine closes; absent: none. */
  readonly profilePrefix?: string;
}

/**
 * One frozen base with its adapters, compiled once per (base, rank, targets, task) whatever p, λ, N, M and seed.
 * Same inputs, same bits, within a numerics class.
 */
export interface AdapterEngine {
  readonly layout: TrainableLayout;
  readonly numericsClass: string;
  /**
   * The adapter as its method begins, the head as the base has it saved or as the family initialises it, drawn from the
   * seed's named streams.
   * @param baseHead absent: a saved head as it is
   */
  initialState(seed: number, baseHead?: BaseHead): TrainingState;
  /** One optimiser step: N = instances.length gradient passes in order, their mean, the penalties, the update. */
  step(
    state: TrainingState,
    batch: TokenBatch,
    labels: BatchLabels,
    instances: readonly AdapterMasks[],
    hyperparameters: StepHyperparameters,
  ): Promise<StepResult>;
  /**
   * A step of each of several trainings on one batch, with the bits of each stepping by itself.
   * @param pack passes of all trainings' instances that are run at once, at most; results do not depend on it
   */
  stepTogether(
    trainings: readonly TrainingStep[],
    batch: TokenBatch,
    labels: BatchLabels,
    pack: number,
  ): Promise<readonly StepResult[]>;
  /**
   * Logits [rows, labels], or [rows, length, 2 | vocabulary], of one forward pass; masks null: none. The update is
   * scaled by s × updateScale.
   * @throws MODEL_UNSUPPORTED where the rows are longer than the model takes
   */
  logits(
    parameters: Float32Array,
    batch: TokenBatch,
    masks: AdapterMasks | null,
    updateScale: number,
  ): Promise<Float32Array>;
  /** A batch that several models are to read: what depends on none of them is computed once. @throws as `logits` */
  share(batch: TokenBatch): Promise<SharedBatch>;
  /**
   * Reads what several rows begin with, of a decoder, once for all of them: their logits are computed behind it.
   * Elements are not dropped.
   */
  begin(parameters: Float32Array, ids: Int32Array, masks: AdapterMasks | null, updateScale: number): Promise<Beginning>;
  /** Mean loss and flat gradient of one masked pass: for probes and conformance. */
  gradient(
    parameters: Float32Array,
    batch: TokenBatch,
    labels: BatchLabels,
    masks: AdapterMasks | null,
  ): Promise<{ readonly loss: number; readonly gradient: Float32Array }>;
  /** @throws DEVICE_UNSUITABLE where a pass over so many rows cannot fit into the device's memory */
  demandMemory(rows: number, length: number): void;
  /** The largest pack, of `wanted` at most, whose passes over so many rows fit into the device's memory. */
  packThatFits(wanted: number, rows: number, length: number): number;
  close(): Promise<void>;
}

/** One model over rows: a member of an ensemble, or what has no masks. */
export interface ForwardModel {
  readonly parameters: Float32Array;
  /** Null: none are dropped. */
  readonly masks: AdapterMasks | null;
  readonly updateScale: number;
}

/** A batch that several models read. */
export interface SharedBatch {
  /** With the bits that the engine's `logits` has. */
  logits(model: ForwardModel): Promise<Float32Array>;
}

/** Opens (builds or finds compiled) an engine. Implemented in open-adapter-engine.ts. */
export type OpenAdapterEngine = (request: EngineRequest) => Promise<AdapterEngine>;
