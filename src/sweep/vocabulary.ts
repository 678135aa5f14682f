import type { AdaloraFields } from './fields/adalora-fields.ts';
import type { AdapterShapeFields } from './fields/adapter-shape-fields.ts';
import type { MethodFields } from './fields/method-fields.ts';
import type { OptimiserFields } from './fields/optimiser-fields.ts';
import type { RunFields } from './fields/run-fields.ts';
import type { AdapterShapeName, HeadShapeName } from './training-fields.ts';

/**
 * The nouns of docs: sweep, configuration, training, evaluation, trial, segment, rung. Field names are the ones that
 * stand in YAML, SQL, JSON and exports, so these records are stored and hashed as they are.
 */
import type { Json } from '../base/canonical-json.ts';

export type { AdapterKind } from './fields/adapter-shape-fields.ts';
export type { BasePrecision } from './fields/run-fields.ts';

/**
 * Everything that decides trained tensors, but data and base. Canonical: see canonicalise.ts. What a field means, its
 * default and when it has no effect stand in its record, see training-fields.ts.
 */
export interface TrainingConfiguration
  extends MethodFields,
    AdapterShapeFields,
    AdaloraFields,
    OptimiserFields,
    RunFields {}

/**
 * The part of a configuration that an engine's adapters are compiled for; of element-wise dropout, whether there is
 * any.
 */
export type AdapterShape = Pick<TrainingConfiguration, Exclude<AdapterShapeName, 'base_precision'>> &
  Partial<Pick<TrainingConfiguration, 'base_precision'>>;

/** The part that a head and its loss are compiled for. */
export type HeadShape = Pick<TrainingConfiguration, HeadShapeName>;

export type EvaluationSplit = 'dev' | 'test';
/**
 * ensemble: M members with all the masks that the training draws. expected: no masks, update × (1−p)². raw: no masks,
 * update as it is.
 */
export type EvaluationMode = 'ensemble' | 'expected' | 'raw';

export interface EvaluationConfiguration {
  readonly split: EvaluationSplit;
  readonly mode: EvaluationMode;
  /**
   * The rate that members' rows and columns are dropped at (and of `expected`); the training's unless the file says
   * otherwise. Element-wise dropout keeps the training's rates.
   */
  readonly dropout_rate: number;
  /** M; 1 for `expected` and `raw`. Members are nested: the first four of M = 8 are M = 4. */
  readonly ensemble_size: number;
  readonly mask_seed: number;
  /** The outputs that are averaged over members. */
  readonly aggregate: 'logits' | 'probabilities';
  /** How the task makes predictions of what was averaged; absent: there is one way. */
  readonly judging?: Readonly<Record<string, Json>>;
  /** Of a set that has a task of its own; absent: the training's. */
  readonly task?: TaskShape;
  /** Tokens of an input at most, where a set has a length of its own; absent: the training's. */
  readonly max_length?: number;
  /** No train rows are scored for comparison, as of every further set; absent: as many as there are rows. */
  readonly gap?: false;
  /** Train rows that the gap is measured on; absent: `defaultGapRows` of gap-rows.ts. */
  readonly gap_rows?: number;
}

/** A task once its data are known: all of it that a training depends on. src/tasks alone knows the kinds. */
export type TaskShape = {
  /** As the task is recorded. */
  readonly kind: string;
  /** In the order of the logits; empty where there are no classes. */
  readonly label_names: readonly string[];
  /** Further settings of the task; absent: none. */
  readonly settings?: Readonly<Record<string, Json>>;
};

/** One example as its task froze it; what stands in it, the task alone knows. */
export type FrozenRow = Readonly<Record<string, Json>>;

/** Rows frozen in the database at launch, by the SHA-256 of their canonical JSON lines. */
export interface DatasetReference {
  readonly hash: string;
  readonly rows: number;
}

export interface BaseModelReference {
  /** As the user wrote it: a hub id or a folder. */
  readonly reference: string;
  /**
   * Absolute folder, or ONNX file, on the machine that launched; other machines resolve `reference` and compare
   * `content_hash`.
   */
  readonly folder: string;
  /** SHA-256 over config.json's and the weights' own SHA-256. */
  readonly content_hash: string;
  readonly tokenizer_hash: string;
}

/**
 * Which trainer runs a training; trainer-traits.ts says what each is like. `simulated` draws analytic curves and is
 * named in every output; `command` runs a program of the user's in a slot, and `asked` hands trainings to programs that
 * ask.
 */
export type TrainerKind = 'onnx' | 'simulated' | 'command' | 'asked';

/** A program that trains in place of the product's own trainer: what its trainings depend on. */
export interface ProgramIdentity {
  /** Its arguments: {config}, {folder} and axes in braces are filled in. Absent: it asks for its trainings. */
  readonly command?: readonly string[];
  /** SHA-256 of those arguments that are files, found at launch. */
  readonly files?: Readonly<Record<string, string>>;
  /** Name that tells it from other programs that ask. */
  readonly name?: string;
}

/** The same, with how a slot runs it. */
export interface ProgramSettings extends ProgramIdentity {
  /** Where it runs: the sweep file's folder. */
  readonly folder: string;
  /** Named by the user, each with the way that is better. */
  readonly metrics: Readonly<Record<string, Objective['direction']>>;
  /** Length of a training in steps of the program's own. */
  readonly steps: number;
  /** From SIGTERM to SIGKILL, where it is ended before it has. */
  readonly terminate_seconds: number;
  /** Of one run of the program; absent: none. */
  readonly timeout_seconds?: number;
}

/** The row of a base's saved head for each output of the task; `drawn`: the saved one is of other labels, a new one is drawn. */
export type BaseHead = readonly number[] | 'drawn';

/** A saved adapter, frozen in the database at launch. */
export interface AdapterReference {
  /** Where it lay on the machine that launched. */
  readonly folder: string;
  /** SHA-256 of what frozen-adapter.ts makes of it. */
  readonly hash: string;
}

/** Parameters of the simulated trainer; only there for load and fault tests. */
export interface SimulationSettings {
  /** Wall time of one step. */
  readonly step_ms: number;
  /** Chance that a training diverges, decided by its hash. */
  readonly failure_rate: number;
  /** Chance, per segment attempt, that the trainer process kills itself. */
  readonly crash_rate: number;
  readonly steps: number;
}

/** All that a slot needs to run a training anywhere; frozen in `trainings.specification`. */
export interface TrainingSpecification {
  readonly trainer: TrainerKind;
  readonly trainer_version: string;
  readonly configuration: TrainingConfiguration;
  readonly base: BaseModelReference;
  readonly task: TaskShape;
  readonly train: DatasetReference;
  readonly total_steps: number;
  /**
   * A row holds the token that the head passes over: before version 0.2 it was read where it came last, so that these
   * trainings are others. Absent: no row does.
   */
  readonly passes_over?: number;
  /** The adapter that it begins with; absent: the method's initial values. */
  readonly init_adapter?: AdapterReference;
  /** What of the base's saved head each output begins with; absent: the head as it is saved. */
  readonly base_head?: BaseHead;
  /** The rows that the kept step was chosen on; absent: the last step is kept, whatever the dev rows are. */
  readonly selection?: { readonly dev: DatasetReference; readonly judging?: EvaluationConfiguration['judging'] };
  readonly simulation?: SimulationSettings;
  readonly program?: ProgramSettings;
}

/** A metric that trials are ranked by: a name of `EvaluationMetrics` or of the costs. */
export interface Objective {
  readonly metric: string;
  readonly direction: 'maximize' | 'minimize';
}

/** Outcomes of a configuration are values, never thrown. */
export type TrainingOutcome =
  | 'succeeded'
  | 'diverged'
  | 'out_of_memory'
  | 'infeasible'
  | 'crashed'
  | 'pruned'
  | 'cancelled';
