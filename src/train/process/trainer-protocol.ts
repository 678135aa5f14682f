import type { Segment, SegmentOutcome } from '../../sweep/segment.ts';
import type { SegmentNews } from './segment-news.ts';
import type {
  BaseModelReference,
  DatasetReference,
  TaskShape,
  TrainerKind,
  TrainingConfiguration,
} from '../../sweep/vocabulary.ts';

/**
 * The messages between a slot's supervisor (in the worker) and its trainer process, over Node's IPC channel with
 * advanced serialisation. The trainer process never speaks to PostgreSQL or Temporal.
 */
export type ToTrainer =
  | {
      readonly kind: 'run';
      readonly segment: Segment;
      /** Folder that this machine's checkpoints live under, and its id. */
      readonly checkpointFolder: string;
      readonly storeId: string;
      /** Files that hold the frozen rows (gzip'd JSON lines), by dataset hash. */
      readonly datasetFiles: Readonly<Record<string, string>>;
      /** Where inputs that were made of frozen rows are kept on this machine; absent: nowhere. */
      readonly inputsFolder?: string;
      /** Where the base model lies on this machine. */
      readonly modelFolder: string;
      readonly checkpointEverySeconds: number;
      /** Where programs keep a folder for each of their trainings; absent: none runs. */
      readonly workFolder?: string;
    }
  /** Measures the constants of Theorem 4.4 on the frozen base with the initial head. */
  | { readonly kind: 'probe'; readonly request: ProbeRequest }
  /** Write a checkpoint and end the segment of that run, or of each, with `released`. */
  | { readonly kind: 'release'; readonly run?: string }
  /** Leave as soon as nothing runs. */
  | { readonly kind: 'shutdown' };

export interface ProbeRequest {
  /** Absent: onnx. */
  readonly trainer?: TrainerKind;
  readonly base: BaseModelReference;
  readonly modelFolder: string;
  readonly task: TaskShape;
  readonly train: DatasetReference;
  readonly datasetFile: string;
  readonly inputsFolder?: string;
  readonly configuration: TrainingConfiguration;
  readonly seed: number;
}

/** Constants of Theorem 4.4's bound, with how they were estimated. */
export interface TheoryConstants {
  /** C: largest loss met. */
  readonly loss_bound: number;
  /** η: largest norm of a sample's loss gradient over the adapter parameters. */
  readonly lipschitz: number;
  /** Λ_min: floor on the least Hessian eigenvalue. */
  readonly hessian_minimum: number;
  /** λ₀: strength of dropout's own regularisation, added to λ; absent: 0. See docs/complexity.md. */
  readonly implicit_sparsity?: number;
  /** δ */
  readonly confidence: number;
  /** n */
  readonly train_rows: number;
  readonly method: string;
}

export type FromTrainer =
  /** Sent once, when the process can take its first `run`. */
  | { readonly kind: 'ready'; readonly numericsClass: string }
  | { readonly kind: 'probed'; readonly constants: TheoryConstants }
  | RunMessage;

/** A message about the segment with the lease of that id: segments of one bundle run side by side. */
export type RunMessage = RunReport & { readonly run: string };

type RunReport = SegmentNews | { readonly kind: 'done'; readonly outcome: SegmentOutcome };
