/**
 * The nouns of docs: sweep, configuration, training, evaluation, trial, segment, rung. Field names are the ones that
 * stand in YAML, SQL, JSON and exports, so these records are stored and hashed as they are.
 */
import type { Json } from '../base/canonical-json.ts';

/** What a linear's update is made of: s·BA, or s·P Λ Q with ranks that are taken away while it trains. */
export type AdapterKind = 'lora' | 'adalora';

/**
 * What products with frozen linears are made in; all else is float32. int8: those of the gradient; the forward pass is
 * float32's. int8_all: both passes, faster and coarser. float16: both, with the loss scaled while gradients are taken.
 */
export type BasePrecision = 'float32' | 'float16' | 'int8' | 'int8_all';

/** Everything that decides trained tensors, but seed and data. Canonical: see canonicalise.ts. */
export interface TrainingConfiguration {
  readonly adapter: AdapterKind;
  /** p: probability that an input column of A, or an output row of B, is dropped in one instance; in [0, 1). */
  readonly dropout_rate: number;
  /** λ: weight of λ(2p−p²)Σ‖ΔW‖²_F in the loss. */
  readonly sparsity: number;
  /** N: mask instances per step, whose gradients are averaged. */
  readonly train_instances: number;
  /**
   * Rate at which elements of an adapter's input are dropped, as PEFT does it: its own for each linear, token and sample,
   * what is kept divided by 1 − rate; absent: 0.
   */
  readonly lora_dropout?: number;
  /** As lora_dropout, of the base's hidden states, where transformers has hidden dropout; absent: 0. */
  readonly hidden_dropout?: number;
  /** Where ranks are taken away: the one to begin with. */
  readonly rank: number;
  readonly alpha: number;
  /** What the update is scaled by: standard, s = alpha / rank (absent: this), or rank_stabilized, s = alpha / √rank. */
  readonly scaling?: 'standard' | 'rank_stabilized';
  /** The adapted linears: suffixes of names, e.g. `attention.self.query`, /regular expressions/, or `all-linear`. */
  readonly targets: readonly string[];
  /** Numbers of the layers whose linears are adapted, from 0; absent: all. */
  readonly layers?: readonly number[];
  /** γ: weight of γΣ(‖QQᵀ − I‖²_F + ‖PᵀP − I‖²_F) in the loss. This and what follows: adalora's, absent otherwise. */
  readonly orthogonality?: number;
  /** Mean rank of a linear that is left in the end. */
  readonly target_rank?: number;
  /** Share of the steps before the first rank is taken away. */
  readonly allocation_warmup_fraction?: number;
  /** Share of the steps after the last rank has been taken away. */
  readonly allocation_final_fraction?: number;
  /** Steps from one allocation of ranks to the next. */
  readonly allocation_interval?: number;
  /** β1 and β2: how slowly the averages of a weight's sensitivity, and of its uncertainty, follow the steps. */
  readonly sensitivity_smoothing?: number;
  readonly uncertainty_smoothing?: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly decay_biases: boolean;
  readonly adam_beta1: number;
  readonly adam_beta2: number;
  readonly adam_epsilon: number;
  /** Global L2 norm the mean gradient is clipped to; null: not clipped. */
  readonly clip_norm: number | null;
  readonly batch_size: number;
  /** Rows that pass through the model at once, their gradients summed in order; absent: the batch. */
  readonly micro_batch_size?: number;
  /** ε: share of a class's target that is spread evenly over all classes; absent: 0. */
  readonly label_smoothing?: number;
  /** What a head of classes or targets reads: as the family has it (absent: this), or the mean over the tokens. */
  readonly pooling?: 'family' | 'mean';
  readonly epochs: number;
  /** Share of the steps over which the learning rate rises linearly; it then falls linearly to zero. */
  readonly warmup_fraction: number;
  /** Tokens a row (or pair) is truncated to. */
  readonly max_length: number;
  readonly base_precision: BasePrecision;
  readonly keep: 'last';
  readonly seed: number;
}

/** The part of a configuration that an engine is compiled for; of element-wise dropout, whether there is any. */
export type AdapterShape = Pick<
  TrainingConfiguration,
  'adapter' | 'rank' | 'alpha' | 'scaling' | 'targets' | 'layers' | 'lora_dropout' | 'hidden_dropout'
> &
  Partial<Pick<TrainingConfiguration, 'base_precision'>>;

/** The part that a head and its loss are compiled for. */
export type HeadShape = Pick<TrainingConfiguration, 'pooling' | 'label_smoothing'>;

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
  /** What is averaged over members. */
  readonly aggregate: 'logits' | 'probabilities';
}

/** A task once its data are known: all of it that a training depends on. src/tasks alone knows the kinds. */
export type TaskShape = {
  /** As the task is recorded. */
  readonly kind: string;
  /** In the order of the logits; empty where there are no classes. */
  readonly label_names: readonly string[];
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
  /** Absolute folder, or ONNX file, on the machine that launched; other machines resolve `reference` and compare `content_hash`. */
  readonly folder: string;
  /** SHA-256 over config.json's and the weights' own SHA-256. */
  readonly content_hash: string;
  readonly tokenizer_hash: string;
}

/** Which trainer runs a training. `simulated` draws analytic curves and is named in every output. */
export type TrainerKind = 'onnx' | 'simulated';

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
  readonly simulation?: SimulationSettings;
}

/** What a trial is ranked by; a name of `EvaluationMetrics` or of the costs. */
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
