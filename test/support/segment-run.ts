import type { PackingPlan } from '../../src/sweep/packing.ts';
import { trainerVersion } from '../../src/sweep/trainer-version.ts';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../src/base/sha256.ts';
import { freezeRows } from '../../src/data/frozen-rows.ts';
import type {
  CheckpointReference,
  EvaluateSegment,
  EvaluationPage,
  MetricChunk,
  PendingEvaluation,
  SegmentOutcome,
  TrainSegment,
} from '../../src/sweep/segment.ts';
import type {
  DatasetReference,
  EvaluationConfiguration,
  FrozenRow,
  TaskShape,
  TrainingConfiguration,
  TrainingSpecification,
} from '../../src/sweep/vocabulary.ts';
import type { RunCommand, SegmentReporter } from '../../src/train/process/segment-runner.ts';
import { tinyRows, writeTinyModel } from './tiny-model.ts';

export const tinyConfiguration: TrainingConfiguration = {
  adapter: 'lora',
  dropout_rate: 0.25,
  sparsity: 0.001,
  train_instances: 2,
  rank: 4,
  alpha: 8,
  targets: ['query', 'key', 'value', 'attention.output.dense', 'intermediate.dense', 'output.dense'],
  learning_rate: 5e-3,
  weight_decay: 0.01,
  decay_biases: true,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  clip_norm: 1,
  batch_size: 8,
  epochs: 20,
  warmup_fraction: 0.06,
  max_length: 16,
  base_precision: 'float32',
  keep: 'last',
  seed: 0,
};

/** A task that the tiny model may learn. */
export interface TinyTask {
  readonly shape: TaskShape;
  rows(seed: number, count: number): readonly FrozenRow[];
  /** The model that may learn it, where that is not the tiny BERT. */
  readonly model?: { readonly write: (folder: string) => void; readonly configuration: Partial<TrainingConfiguration> };
  /** What of it may be averaged, the first where nothing is said; absent: logits, or probabilities. */
  readonly aggregates?: readonly EvaluationConfiguration['aggregate'][];
}

/** A folder with the tiny model and frozen train and dev rows, and segments over them. */
export class SegmentBench {
  readonly folder: string;
  readonly modelFolder: string;
  readonly checkpointFolder: string;
  readonly train: DatasetReference;
  readonly dev: DatasetReference;
  readonly devRows: readonly FrozenRow[];
  readonly datasetFiles: Record<string, string> = {};

  readonly task: TaskShape;
  readonly #tiny: TinyTask;

  /**
   * @param modelFolder a model of the reader's; absent: the tiny one, written beside the rows
   * @param task with rows of its own, drawn by a seed; absent: a classification of texts
   */
  constructor({
    trainRows = 80,
    devRows = 50,
    modelFolder,
    task = { shape: { kind: 'classification', label_names: ['bad', 'good'] }, rows: tinyRows },
  }: { trainRows?: number; devRows?: number; modelFolder?: string; task?: TinyTask } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'dropsweep-segment-'));
    this.modelFolder = modelFolder ?? this.folder;
    this.checkpointFolder = join(this.folder, 'checkpoints');
    if (modelFolder === undefined) (task.model?.write ?? writeTinyModel)(this.folder);
    this.#tiny = task;
    this.task = task.shape;
    this.devRows = task.rows(2, devRows);
    this.train = this.freeze(task.rows(1, trainRows));
    this.dev = this.freeze(this.devRows);
  }

  /** Rows as the slot finds them. */
  freeze(rows: readonly FrozenRow[]): DatasetReference {
    const frozen = freezeRows(rows);
    const file = join(this.folder, `${frozen.hash}.jsonl.gz`);
    writeFileSync(file, frozen.bytes);
    this.datasetFiles[frozen.hash] = file;
    return { hash: frozen.hash, rows: frozen.rows };
  }

  specification(changes: Partial<TrainingConfiguration> = {}): TrainingSpecification {
    const configuration = { ...tinyConfiguration, ...this.#tiny.model?.configuration, ...changes };
    return {
      trainer: 'onnx',
      trainer_version: trainerVersion,
      configuration,
      base: { reference: 'tiny', folder: this.modelFolder, content_hash: 'tiny', tokenizer_hash: 'tiny' },
      task: this.task,
      train: this.train,
      ...(configuration.keep === 'best_on_dev' ? { selection: { dev: this.dev } } : {}),
      total_steps: configuration.epochs * Math.ceil(this.train.rows / configuration.batch_size),
    };
  }

  trainSegment(
    specification: TrainingSpecification,
    {
      checkpoint = null,
      endStep = specification.total_steps,
      epoch = 1,
      pack = 1,
    }: Partial<TrainSegment> & { epoch?: number } = {},
  ): TrainSegment {
    return {
      kind: 'train',
      lease: { segmentId: 's', epoch },
      trainingId: 't',
      trainingHash: sha256(JSON.stringify(specification.configuration)),
      rung: 0,
      specification,
      checkpoint,
      endStep,
      attempt: epoch,
      pack,
    };
  }

  evaluateSegment(
    specification: TrainingSpecification,
    checkpoint: CheckpointReference,
    evaluations: readonly PendingEvaluation[],
  ): EvaluateSegment {
    const { lease, trainingId, trainingHash, rung, attempt } = this.trainSegment(specification);
    return { kind: 'evaluate', lease, trainingId, trainingHash, rung, attempt, specification, checkpoint, evaluations };
  }

  pending(evaluationId: string, changes: Partial<EvaluationConfiguration> = {}): PendingEvaluation {
    const configuration: EvaluationConfiguration = {
      split: 'dev',
      mode: 'ensemble',
      dropout_rate: tinyConfiguration.dropout_rate,
      ensemble_size: 1,
      mask_seed: 0,
      aggregate: this.#tiny.aggregates?.[0] ?? 'logits',
      ...changes,
    };
    return { evaluationId, configuration, dataset: this.dev, storedMembers: [] };
  }

  command(segment: RunCommand['segment'], checkpointEverySeconds = 3600): RunCommand {
    return {
      kind: 'run',
      segment,
      checkpointFolder: this.checkpointFolder,
      storeId: 'test',
      datasetFiles: this.datasetFiles,
      modelFolder: this.modelFolder,
      checkpointEverySeconds,
    };
  }
}

/** Keeps what a runner reports; asks for the slot once `releaseAt` steps are done. */
export class RecordingReporter implements SegmentReporter {
  readonly checkpoints: CheckpointReference[] = [];
  readonly chunks: MetricChunk[] = [];
  readonly events: { readonly name: string; readonly detail: Record<string, unknown> }[] = [];
  readonly packings: PackingPlan[] = [];
  readonly pages: EvaluationPage[] = [];
  readonly releaseAt: number;
  #step = 0;

  constructor(releaseAt: number = Number.POSITIVE_INFINITY) {
    this.releaseAt = releaseAt;
  }

  get releaseRequested(): boolean {
    return this.#step >= this.releaseAt;
  }

  progress(step: number): void {
    this.#step = step;
  }

  metrics(chunks: readonly MetricChunk[]): void {
    this.chunks.push(...chunks);
  }

  checkpoint(checkpoint: CheckpointReference, chunks: readonly MetricChunk[]): void {
    this.checkpoints.push(checkpoint);
    this.chunks.push(...chunks);
  }

  page(page: EvaluationPage): void {
    this.pages.push(page);
  }

  event(name: string, detail: Record<string, unknown>): void {
    this.events.push({ name, detail });
  }

  packing(plan: PackingPlan): void {
    this.packings.push(plan);
  }

  /** The values of a metric over all chunks, by step from 1. */
  values(name: string, last: readonly MetricChunk[] = []): number[] {
    return [...this.chunks, ...last].filter((chunk) => chunk.name === name).flatMap((chunk) => [...chunk.values]);
  }
}

/** The outcome of a kind, or a failure that shows what came instead. */
export function expectOutcome<Kind extends SegmentOutcome['kind']>(
  outcome: SegmentOutcome,
  kind: Kind,
): Extract<SegmentOutcome, { kind: Kind }> {
  if (isKind(outcome, kind)) return outcome;
  throw new Error(`expected ${kind}, got ${JSON.stringify(outcome).slice(0, 500)}`);
}

function isKind<Kind extends SegmentOutcome['kind']>(
  outcome: SegmentOutcome,
  kind: Kind,
): outcome is Extract<SegmentOutcome, { kind: Kind }> {
  return outcome.kind === kind;
}
