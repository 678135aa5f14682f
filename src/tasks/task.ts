import type { Json } from '../base/canonical-json.ts';
import type { EncodedRows } from '../data/encoded-rows.ts';
import type { ModelTokenizer } from '../data/tokens/open-tokenizer.ts';
import type { Tokenised } from '../data/tokens/tokenise.ts';
import type { TableReader } from '../data/files/table.ts';
import type { RawDataset, RawRow } from '../data/raw-row.ts';
import type { Measurements } from '../metrics/values/evaluation-metrics.ts';
import type { ScoredSet } from '../metrics/forms/scored-set.ts';
import type { Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { HeadTask } from '../models/heads/heads.ts';
import type { Loss } from '../models/heads/losses.ts';
import type { OutputRows } from '../sweep/output-rows.ts';
import type { TaskDefinition } from '../sweep/sweep-definition.ts';
import type { TaskSection } from '../sweep/file/task-section.ts';
import type { CutRemarks } from './cut-remarks.ts';
import type { LeftOutRows } from './leave-out.ts';
import type { EvaluationConfiguration, FrozenRow, HeadShape, TaskShape } from '../sweep/vocabulary.ts';

/**
 * A kind of task: all that is particular to it. Everything else trains, evaluates and exports whatever task it is given
 * and asks it, never what it is called.
 */
export interface Task {
  /** Its section of a sweep file. */
  readonly section: TaskSection;
  /** Its name in stored specifications, and in identities with them. */
  readonly recordedAs: string;
  readonly rows: TaskRows;
  /**
   * What the model's tokenizer settles of it besides, before anything is planned; absent: nothing.
   * @throws MODEL_UNSUPPORTED where it lacks what the task needs
   */
  readonly settle?: (shape: TaskShape, tokenizer: ModelTokenizer) => TaskShape | Promise<TaskShape>;
  /** How rows become tokens and labels. */
  encode(rows: readonly FrozenRow[], request: EncodeRequest): Promise<EncodedRows>;
  /** What a launch says of what inputs lose of their rows; absent: what is cut is not counted. */
  readonly cutRemarks?: CutRemarks;
  /** Inputs as scores read them, without tokens; absent: they look at tokens. */
  readonly outline?: (rows: readonly FrozenRow[], shape: TaskShape) => EncodedRows;
  /** Whether rows may become more or fewer inputs, which a launch has to count then. */
  readonly hasWindows?: true;
  readonly objective: TaskObjective;
  readonly scores: TaskScores;
  readonly predictions: TaskPredictions;
  /** How it goes on with texts; absent: it gives none. */
  readonly generation?: TaskGeneration;
  /** Metrics that tables show beside the objectives, the first of most use. */
  readonly columns: readonly string[];
  /** Heading of its `loss` where there is little room. */
  readonly lossHeading: string;
  readonly published: PublishedTask;
}

/** How rows are loaded and frozen; what is thawed is what was frozen. */
export interface TaskRows {
  /** Readers of the formats that its section has for itself. */
  readonly readers?: Readonly<Record<string, TableReader>>;
  /** What the rows of the source settle of the task. @throws DATA_INVALID where they are none of it */
  shape(definition: TaskDefinition, raw: RawDataset): Omit<TaskShape, 'kind'>;
  /** @param raw the source that the row is of @throws DATA_INVALID with the row's place */
  freeze(row: RawRow, shape: TaskShape, raw: RawDataset): FrozenRow;
  /** Rows that are no example of it, and are left out with a word; absent: none are. */
  readonly leftOut?: LeftOutRows;
  /** Characters that the model reads of a row: what a launch's prediction goes by. */
  characters(row: FrozenRow): number;
  /** The content of a row that the model reads, as one text for people: rows of equal content are one example. */
  content(row: FrozenRow): string;
  /** A row that is longer than an input is read in several windows, and nothing of it is cut; absent: its end is cut off. */
  readonly inWindows?: true;
  /** Whether a text of a row has nothing that could be seen, as some of GLUE's; absent: such rows are refused. */
  isEmpty?(row: FrozenRow): boolean;
  /** Rows of which predictions alone are wanted; absent: the task has none. */
  readonly unlabelled?: UnlabelledRows;
  /** What is odd about rows that are taken all the same, said in a launch's warnings; absent: nothing is looked for. */
  readonly oddities?: (rows: readonly FrozenRow[], shape: TaskShape) => readonly string[];
  /** Numbers of the label names that a row has; absent: the task has none. */
  labels?(row: FrozenRow): readonly number[];
  /** What a row is to be predicted as, where that is a number; absent: it is none. */
  target?(row: FrozenRow): number;
  /** Texts of a row that special tokens stand between; absent: one. */
  sequences?(row: FrozenRow): 1 | 2;
}

/** Rows without what is to be predicted. */
export interface UnlabelledRows {
  /** Columns that they may lack. */
  readonly lack: readonly string[];
  /**
   * A row with something that can be frozen in place of what it lacks, and of a label that it may have.
   * @throws DATA_INVALID with the row's place
   */
  complete(row: RawRow, number: number, shape: TaskShape): RawRow;
}

export interface EncodeRequest extends ModelTokenizer {
  readonly shape: TaskShape;
  /** Tokens of an input at most. */
  readonly maxLength: number;
  /** To train on: a task may put several rows into an input; absent: to be scored, row by row. */
  readonly training?: true;
  /** Where a row is, by its index, for errors; absent: its number is told. */
  readonly placeOf?: (row: number) => string;
  /** Told how far it is with the texts that it makes of the rows; it begins again where it makes others. */
  readonly tokenised?: Tokenised;
}

/** Which head and loss train it. */
export interface TaskObjective {
  head(shape: TaskShape, wanted?: HeadShape): HeadTask;
  loss(shape: TaskShape, wanted?: HeadShape): Loss;
  /** Whether an input of a training may hold several rows; absent: no. */
  readonly severalTexts?: (shape: TaskShape) => boolean;
  /** Loss of a model that knows nothing, where that is known; else 0. */
  knownBound(shape: TaskShape): number;
}

/**
 * How raw outputs become predictions. Members are averaged in float64 in their order, so that equal members give equal
 * bits however they were run; the loss is convex in what is averaged, which is Theorem 4.5's ground: the loss of the
 * mean is at most the mean loss of the members, and every evaluation is held to that.
 */
export interface TaskScores {
  /** What one member puts into the mean, of each row as many numbers as its outputs. */
  averaged(outputs: OutputRows, aggregate: Aggregate, shape: TaskShape): OutputRows<Float32Array | Float64Array>;
  /** Mean loss of one member's outputs. */
  memberLoss(outputs: OutputRows, evaluated: EvaluatedRows): number;
  /** Mean loss of what was averaged. */
  loss(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows, aggregate: Aggregate): number;
  /** How much of the loss's mean each row has, such as its tokens; absent: each the same. */
  readonly lossWeights?: (evaluated: EvaluatedRows) => Float64Array;
  /**
   * The rows with what judging fits to all of them settled, so that each, or some of them, are judged as they were among
   * all: alone, a row would choose what suits it best. Absent: nothing is fitted.
   */
  readonly settled?: (mean: OutputRows<Float64Array>, evaluated: EvaluatedRows, aggregate: Aggregate) => EvaluatedRows;
  /** Predictions and what they are held against. */
  score(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows, aggregate: Aggregate): ScoredSet;
}

export type Aggregate = EvaluationConfiguration['aggregate'];

export type Judging = NonNullable<EvaluationConfiguration['judging']>;

export interface EvaluatedRows extends EncodedRows {
  readonly shape: TaskShape;
  /** How outputs become predictions; absent: there is one way. */
  readonly judging?: Judging;
}

/** Predictions as they leave the product. */
export interface TaskPredictions {
  /** A record for each row, in their order. @param mean of the members' outputs */
  of(mean: OutputRows<Float64Array>, evaluated: EvaluatedRows, aggregate: Aggregate): readonly PredictionRecord[];
  /** The member of a record that is the row's own label; absent: it has none. */
  readonly reference?: string;
  /** The member that is the prediction; absent: there is none to compare. */
  readonly predicted?: string;
  /** How rows without labels are judged, where scoring fitted it to rows that have some. */
  settled?(judging: Judging, metrics: Measurements): Judging;
  /** The form that the task's benchmark takes. */
  readonly benchmark?: {
    readonly name: string;
    file(records: readonly PredictionRecord[]): string;
  };
}

export type PredictionRecord = Readonly<Record<string, Json>>;

export interface TaskGeneration {
  /** A prompt, written as rows are. @throws MODEL_UNSUPPORTED where the base cannot write it */
  prompt(asked: AskedText, request: EncodeRequest): Promise<PromptTokens>;
  /** A row up to where its last response begins. @param where the row is, for errors */
  promptOfRow(row: FrozenRow, request: EncodeRequest, where: string): Promise<PromptTokens>;
}

export interface AskedText {
  readonly instruction: string;
  readonly input?: string;
  /** The instruction is the text to go on with, as it is. */
  readonly asIs: boolean;
}

export interface PromptTokens {
  readonly ids: readonly number[];
  /** Tokens that end what follows. */
  readonly ends: ReadonlySet<number>;
}

/** The task's names in other tools. */
export interface PublishedTask {
  /** PEFT's TaskType. */
  readonly peftType: string;
  /** End of the name of transformers' class: of BERT, `BertFor…`. */
  readonly transformersHead: string;
  /** The hub's word for what such models do; absent: it has none. */
  readonly pipeline?: string;
  /** The head of a graph of inference, where that is not the one that is evaluated. */
  readonly head?: HeadTask;
  /** The outputs that `aggregate: probabilities` averages, of a padded batch; null: padding would take part in it. */
  readonly probabilities: ((b: GraphBuilder, logits: Value) => Value) | null;
  /** The members of config.json for a model with this head. */
  config(shape: TaskShape): Readonly<Record<string, unknown>>;
}
