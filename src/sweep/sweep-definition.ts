import type { Json } from '../base/canonical-json.ts';
import type { DeviceKind } from './device-kind.ts';
import type { GlueName } from './glue-tasks.ts';
import type { Budget } from './file/read-budget.ts';
import type { TakenRecipe } from './file/recipe.ts';
import type { KindSettings } from './file/search-section.ts';
import type {
  AdapterReference,
  BaseHead,
  BaseModelReference,
  DatasetReference,
  EvaluationConfiguration,
  Objective,
  ProgramSettings,
  SimulationSettings,
  TaskShape,
  TrainerKind,
  TrainingConfiguration,
  TrainingSpecification,
} from './vocabulary.ts';

/** A sampler of src/search/samplers by its kind, with what it recorded of its settings. */
export type SearchDefinition = { readonly kind: string } & KindSettings;

/** A scheduler of src/search/schedulers by its kind, with what it recorded of its settings. */
export type SchedulerDefinition = { readonly kind: string } & KindSettings;

/** Names where rows come from; resolved by src/data to frozen rows. Paths are absolute after parsing. */
export type DataSource =
  | FileSource
  | HubSource
  | GlueSource
  | { readonly kind: 'package'; readonly package: 'spam-assassin' }
  | NoRows;

/** A program's sweep: its rows are its own affair. */
interface NoRows {
  readonly kind: 'none';
}

/** A file or several, each a path or a pattern. */
export type Places = string | readonly string[];

/** Rows that are taken out of the train rows to be judged by. */
export interface HeldOut {
  readonly fraction: number;
  /** The same share of each class. */
  readonly stratify: boolean;
  readonly seed: number;
}

/** How files are read, wherever they come from. */
interface FileReading {
  /** Of all files; absent: each is of the format that its name tells. */
  readonly format?: string;
  /** Of text; absent: UTF-8. */
  readonly encoding?: string;
  /** Names of the columns of files that have no header line. */
  readonly header?: readonly string[];
  /** The file's name of each column that the task has, or a path into one. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns of the task that a file may lack; absent: none. */
  readonly lenient?: readonly string[];
}

export interface FileSource extends FileReading {
  readonly kind: 'files';
  readonly train: Places;
  readonly dev: Places | HeldOut;
  readonly test?: Places;
  /** Rows that others are shown with, where the task has any. */
  readonly examples?: Places;
}

/** A data set of Hugging Face's hub: splits by their names there. */
export interface HubSource extends FileReading {
  readonly kind: 'hub';
  readonly dataset: string;
  readonly config?: string;
  /** A branch, a tag or a commit; absent: what is there now. */
  readonly revision?: string;
  readonly train: string;
  readonly dev: string | HeldOut;
  readonly test?: string;
  readonly examples?: string;
}

/** A task of GLUE, in its own files or the hub's; splits that are not named are those that the benchmark has. */
export interface GlueSource {
  readonly kind: 'glue';
  readonly task: GlueName;
  /** Where its files are; absent: on the hub. */
  readonly folder?: string;
  /** The hub's data set, in place of a folder. */
  readonly dataset?: string;
  readonly revision?: string;
  /** Files of the folder, with their extension or without it. */
  readonly train?: Places;
  readonly dev?: Places | HeldOut;
  readonly test?: Places;
}

export interface TaskDefinition {
  /** Of src/tasks. */
  readonly kind: string;
  readonly data: DataSource;
  /** Class names in the order of the logits; absent: sorted names of the train rows. */
  readonly labels?: readonly string[];
  /** The task's own fields, which say how rows become inputs, and outputs predictions. */
  readonly settings?: Readonly<Record<string, Json>>;
  readonly judging?: Readonly<Record<string, Json>>;
  /** Rows taken per split, drawn by `split_seed`; absent: all (for `package`: required). */
  readonly train_rows?: number;
  readonly dev_rows?: number;
  readonly test_rows?: number;
  readonly split_seed: number;
}

/** The training section with its defaults; `keep` is there where it is not the default. */
export type WrittenTraining = Omit<TrainingConfiguration, 'keep'> & Partial<Pick<TrainingConfiguration, 'keep'>>;

/** A further set of rows that finished trainings are scored on, beside the dev rows. */
export interface SetDefinition {
  /** Begins the names of its metrics: `shift.accuracy`. */
  readonly name: string;
  /** The task that its rows are read by: its dev rows are the set. The sweep's own task with other data, or another. */
  readonly task: TaskDefinition;
  /** Whether the task is another: then its classes and settings are its own too. */
  readonly own_task: boolean;
  /** Absent: the training's. */
  readonly max_length?: number;
}

/** A sweep file after parsing, defaults and validation: nothing in it can be wrong in itself. */
export interface SweepDefinition {
  readonly name: string;
  readonly base: string;
  /** Folder of the adapter that trainings begin with; absent: none. */
  readonly init_adapter?: string;
  readonly task: TaskDefinition;
  /** Training configurations before canonicalisation come from this space: each axis a list of values. */
  readonly space: Readonly<Record<string, readonly (number | string)[]>>;
  /** Axes of a random search that are drawn between the two ends in their list, on this scale. */
  readonly scales?: Readonly<Record<string, 'linear' | 'log'>>;
  /** Further properties of some axes. */
  readonly axes?: Readonly<Record<string, AxisDetail>>;
  /** Conditions that points have to fulfil: see constraint.ts. */
  readonly constraints?: readonly string[];
  /** Values of the training fields that are not axes. */
  readonly training: WrittenTraining;
  readonly evaluations: readonly EvaluationRequest[];
  /** Absent: the dev rows, or test rows, alone. */
  readonly sets?: readonly SetDefinition[];
  /**
   * How often a training is evaluated on its way, by the first of the evaluations; absent: at rungs and its end alone.
   */
  readonly evaluate_every?: 'epoch' | number;
  readonly search: SearchDefinition;
  readonly scheduler: SchedulerDefinition;
  /** When the search ends before its last training; absent: never. */
  readonly budget?: Budget;
  /** The first ranks trials; all span the Pareto front, with complexity. */
  readonly objectives: readonly Objective[];
  readonly parallelism: number;
  readonly priority: number;
  /** Absent: whatever the slots that take it compute on. */
  readonly device?: DeviceKind;
  readonly trainer: TrainerKind;
  readonly simulation?: SimulationSettings;
  /** The fields that the file left to a recipe: for people, since they are among the fields above. */
  readonly recipe?: TakenRecipe;
  /**
   * Of a program's sweep, whose axes, constants and metrics are its own; see no-base.ts for what such a sweep has not.
   */
  readonly program?: ProgramSettings;
}

/** Of an axis of the space. */
export interface AxisDetail {
  /** Of a range: from one value to the next. */
  readonly step?: number;
  /** Of a range: 0 is tried besides. */
  readonly zero_or?: true;
  /** Axes, and their values for which this one is there; else its field is as the training section has it. */
  readonly when?: Readonly<Record<string, readonly (number | string)[]>>;
}

/** An evaluation asked of each training; `dropout_rate` null: the training's own. */
export type EvaluationRequest = Omit<EvaluationConfiguration, 'dropout_rate'> & {
  readonly dropout_rate: number | null;
};

/** One training of a plan with the evaluations its sweep wants of it. */
export interface PlannedTraining {
  readonly ordinal: number;
  readonly training_hash: string;
  readonly specification: TrainingSpecification;
  /** Steps at which rungs end; the last is total_steps. */
  readonly rung_steps: readonly number[];
  /** Steps at which it is evaluated on its way, beside the rungs; absent: none. */
  readonly stop_steps?: readonly number[];
  readonly evaluations: readonly PlannedEvaluation[];
  /** Where the scheduler decides over seeds: whose configuration it has; absent: it does not. */
  readonly repeat?: PlannedRepeat;
  /** Further sets that its end is scored on; absent: none. */
  readonly sets?: readonly PlannedSetEvaluation[];
}

export interface PlannedRepeat {
  /** Ordinal of the configuration's first training. */
  readonly of: number;
  /** It waits until the scheduler wants it. */
  readonly held: boolean;
}

/** An evaluation on a further set, by the masks of one of the training's evaluations, which it stands beside. */
export interface PlannedSetEvaluation {
  readonly set: string;
  /** Which of the evaluations, from 0. */
  readonly beside: number;
  readonly evaluation: PlannedEvaluation;
}

export interface PlannedEvaluation {
  readonly evaluation_hash: string;
  readonly configuration: EvaluationConfiguration;
  readonly dataset: DatasetReference;
}

/** The inputs that are settled once per sweep, before its points: data frozen, base resolved. */
export interface ResolvedInputs {
  readonly base: BaseModelReference;
  readonly task: TaskShape;
  readonly train: DatasetReference;
  readonly dev: DatasetReference;
  readonly test: DatasetReference | null;
  /** In the definition's order; absent: none. */
  readonly sets?: readonly ResolvedSet[];
  /** Inputs that the train rows make, by max_length; absent: one for each row. */
  readonly train_inputs?: Readonly<Record<string, number>>;
  /** See TrainingSpecification. */
  readonly passes_over?: number;
  readonly init_adapter?: AdapterReference;
  readonly base_head?: BaseHead;
}

/** A further set once its rows are frozen. */
export interface ResolvedSet {
  readonly name: string;
  readonly dataset: DatasetReference;
  /** Where it has a task of its own. */
  readonly task?: TaskShape;
  readonly judging?: TaskDefinition['judging'];
  readonly max_length?: number;
}

/** The trainings of a plan by their ordinals; where they are many, each is made anew whenever it is asked for. */
export interface PlannedTrainings extends Iterable<PlannedTraining> {
  readonly length: number;
  /** Those from one ordinal on, and before another. */
  slice(start: number, end: number): readonly PlannedTraining[];
  /** Absent: nobody has looked for them yet. */
  readonly kinds?: readonly TrainingKind[];
}

/** Trainings that cost the same and need the same of base and rows: a launch looks at one of them for all. */
export interface TrainingKind {
  readonly first: PlannedTraining;
  readonly count: number;
}

export interface SweepPlan {
  readonly definition: SweepDefinition;
  /** SHA-256 of the canonical definition and the resolved inputs' hashes: what a second launch is compared by. */
  readonly canonical_hash: string;
  readonly inputs: ResolvedInputs;
  readonly trainings: PlannedTrainings;
  /** Points that became equal to another after canonicalisation. */
  readonly merged_points: number;
  readonly trials: number;
  /** Points that do not fulfil the constraints; absent: none. */
  readonly left_out_points?: number;
  /** Trainings at most of a search that adapts, of which `trainings` are the first; absent: those are all. */
  readonly adaptive_trainings?: number;
}
