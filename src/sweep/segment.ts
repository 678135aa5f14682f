import type { ErrorCode } from '../base/error-codes.ts';
import type { Measurements } from '../metrics/values/evaluation-metrics.ts';
import type { OutputRows } from './output-rows.ts';
import type {
  DatasetReference,
  EvaluationConfiguration,
  TrainingOutcome,
  TrainingSpecification,
} from './vocabulary.ts';

/** The right to write for one segment. Every write is refused once another attempt holds a later epoch. */
export interface Lease {
  readonly segmentId: string;
  readonly epoch: number;
}

export interface CheckpointReference {
  readonly storeId: string;
  readonly uri: string;
  readonly step: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** Outputs of some of an evaluation's inputs under one member, kept before the member is whole. */
export interface MemberPage {
  readonly member: number;
  /** Numbers of the inputs. */
  readonly inputs: Uint32Array;
  /** A row of each, in the same order. */
  readonly outputs: OutputRows;
}

export interface EvaluationPage extends MemberPage {
  readonly evaluationId: string;
}

export interface PendingEvaluation {
  readonly evaluationId: string;
  readonly configuration: EvaluationConfiguration;
  readonly dataset: DatasetReference;
  /** Outputs that earlier evaluations left, by member number: only missing members are run. */
  readonly storedMembers: readonly { readonly member: number; readonly outputs: OutputRows }[];
  /** Outputs that an interrupted evaluation left of other members; absent: none. */
  readonly storedPages?: readonly MemberPage[];
  /** The metric whose value on groups of the rows is wanted beside; absent: none. */
  readonly groupsOf?: string;
}

/** One training from one rung to the next. */
export interface TrainSegment {
  readonly kind: 'train';
  readonly lease: Lease;
  readonly trainingId: string;
  readonly trainingHash: string;
  readonly rung: number;
  readonly specification: TrainingSpecification;
  /** Where to resume; null: from step 0. */
  readonly checkpoint: CheckpointReference | null;
  readonly endStep: number;
  readonly attempt: number;
  /** Passes that are run at once; null: to be measured before the first step. */
  readonly pack: number | null;
}

/** The pending evaluations of one training at one rung's checkpoint. */
export interface EvaluateSegment {
  readonly kind: 'evaluate';
  readonly lease: Lease;
  readonly trainingId: string;
  readonly trainingHash: string;
  readonly rung: number;
  readonly specification: TrainingSpecification;
  readonly checkpoint: CheckpointReference;
  readonly evaluations: readonly PendingEvaluation[];
  readonly attempt: number;
}

export type Segment = TrainSegment | EvaluateSegment;

/** Values of one metric for consecutive steps, `values[i]` belonging to step `firstStep + i` (steps count from 1). */
export interface MetricChunk {
  readonly name: string;
  readonly firstStep: number;
  readonly values: Float64Array;
}

export interface MemberOutput {
  readonly evaluationId: string;
  readonly member: number;
  /** Outputs, one row of them for each input of the evaluated rows. */
  readonly outputs: OutputRows;
}

export interface EvaluationResult {
  readonly evaluationId: string;
  readonly metrics: Measurements;
  /** SHA-256 of the averaged outputs' bytes. */
  readonly predictionsSha256: string;
  /** What `groupsOf` asked for; absent: nothing was asked, or the metric is undefined on some group. */
  readonly rowGroups?: readonly number[];
}

/** How an attempt at a segment ended. */
export type SegmentOutcome =
  | {
      readonly kind: 'trained';
      readonly checkpoint: CheckpointReference;
      readonly metrics: readonly MetricChunk[];
      /** Of the slot's time, which trainings that step together share. */
      readonly trainSeconds: number;
      readonly trainableParameters: number;
    }
  | {
      readonly kind: 'evaluated';
      readonly members: readonly MemberOutput[];
      readonly results: readonly EvaluationResult[];
      readonly evaluateSeconds: number;
    }
  /** Given back unfinished (pause, drain, time limit): ready again from its last checkpoint. */
  | { readonly kind: 'released' }
  /** The configuration's own end. */
  | {
      readonly kind: 'failed';
      readonly outcome: Exclude<TrainingOutcome, 'succeeded' | 'pruned'>;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** The trainer process died without an outside cause; the third such end of a segment makes it `crashed`. */
  | { readonly kind: 'process_died'; readonly message: string };
