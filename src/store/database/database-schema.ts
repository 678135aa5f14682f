import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Json } from '../../base/canonical-json.ts';
import type { Measurements } from '../../metrics/values/evaluation-metrics.ts';
import type { NoticePayload } from '../../notices/payload.ts';
import type { SearchEvent } from '../../search/fold/search-event.ts';
import type { SearchStage } from '../../search/fold/search-state.ts';
import type { FailureKind } from '../../sweep/failure-kinds.ts';
import type { PackingPlan } from '../../sweep/packing.ts';
import type { ResolvedInputs, SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { EvaluationConfiguration, TrainingSpecification } from '../../sweep/vocabulary.ts';
import type { TheoryConstants } from '../../train/process/trainer-protocol.ts';
import type { Answer } from '../programs/tell-training.ts';
import type { EvaluationStatus, SegmentStatus, SweepRecordState, TrainingRecordState } from './record-states.ts';

type Written<T> = ColumnType<T, string, string>;
type WrittenOrNull<T> = ColumnType<T | null, string | null | undefined, string | null>;
type Moment = ColumnType<Date, Date | undefined, Date>;
type MomentOrNull = ColumnType<Date | null, Date | null | undefined, Date | null>;

export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Tables as the migrations make them. jsonb is read as objects and written as text. */
export interface DatabaseSchema {
  deployments: { id: Generated<string>; only_one: Generated<boolean>; created_at: Moment };
  datasets: { hash: string; row_count: number; content: Buffer; created_at: Moment };
  sweeps: {
    id: Generated<string>;
    name: string;
    canonical_hash: string;
    definition: Written<SweepDefinition>;
    inputs: Written<ResolvedInputs>;
    trainer: string;
    state: Generated<SweepRecordState>;
    desired_state: Generated<'running' | 'paused' | 'cancelled'>;
    /** What was begun comes to its end, and nothing else begins. */
    draining: Generated<boolean>;
    desired_parallelism: number;
    priority: number;
    generation: Generated<number>;
    planned_trainings: number;
    inserted_trainings: Generated<number>;
    /** Until when whoever inserts its trainings is taken to be there; null: nobody has begun. */
    inserting_until: MomentOrNull;
    /** Results are told to the search. */
    listens: Generated<boolean>;
    /** The search may suggest more than was inserted so far. */
    searching: Generated<boolean>;
    /** Why the search ended before its last training. */
    halted: string | null;
    merged_points: number;
    trial_count: number;
    frozen_plan: Buffer;
    /** Sweep files that it had before it was extended, the oldest first. */
    former_stages: ColumnType<readonly SearchStage[], string | undefined, string>;
    /** Key of the constants of Theorem 4.4; the database derives it. */
    theory_key: GeneratedAlways<string>;
    launched_by: Written<Record<string, string>>;
    created_at: Moment;
    finished_at: MomentOrNull;
    /** How long it had run when it last began or went on, and since when it runs; null: it does not. Kept by the database. */
    ran_seconds: Generated<number>;
    running_since: MomentOrNull;
  };
  trainings: {
    id: Generated<string>;
    training_hash: string;
    specification: Written<TrainingSpecification>;
    trainer: string;
    trainer_version: string;
    state: Generated<TrainingRecordState>;
    step: Generated<number>;
    progress_step: Generated<number>;
    total_steps: number;
    numerics_class: string | null;
    failure: WrittenOrNull<Failure>;
    trainable_parameters: number | null;
    attempt_count: Generated<number>;
    train_seconds: Generated<number>;
    created_at: Moment;
    finished_at: MomentOrNull;
    bundle_key: string | null;
    /** Loss of a batch, without penalties, and norm of a step's gradient before it was clipped: the largest met. */
    largest_loss: number | null;
    largest_gradient_norm: number | null;
    /** The same for trainings that differ in their seed alone. */
    settings_hash: GeneratedAlways<string>;
  };
  theory_constants: {
    theory_key: string;
    constants: WrittenOrNull<TheoryConstants>;
    failures: Generated<number>;
    measured_at: Moment;
  };
  packing_plans: {
    engine_shape: string;
    device: string;
    pack: number;
    measured: Written<PackingPlan>;
    measured_at: Moment;
  };
  sweep_trainings: {
    sweep_id: string;
    training_id: string;
    ordinal: number;
    origin: 'new' | 'reused';
    rung_steps: number[];
    allowed_step: number;
    open: boolean;
    /** Open, and a train segment of the training is free or worked on. */
    claimable: Generated<boolean>;
    /** The same of an evaluate segment. */
    evaluable: Generated<boolean>;
    pruned: Generated<boolean>;
    released_at: MomentOrNull;
  };
  segments: {
    id: Generated<string>;
    training_id: string;
    kind: 'train' | 'evaluate';
    end_step: number;
    status: SegmentStatus;
    lease_epoch: Generated<number>;
    lease_expires_at: MomentOrNull;
    worker_id: string | null;
    slot_key: string | null;
    generation: number | null;
    crash_count: Generated<number>;
    finished_at: MomentOrNull;
  };
  claims: { slot_key: string; ordinal: number; segment_id: string; epoch: number; created_at: Moment };
  asks: {
    lease: string;
    sweep_id: string;
    /** It holds nothing any more. */
    over: Generated<boolean>;
    /** Hash of what was told last under it, and what was answered; null: nothing was. */
    told: string | null;
    answer: WrittenOrNull<Answer>;
    created_at: Moment;
  };
  attempts: {
    segment_id: string;
    epoch: number;
    worker_id: string;
    slot_key: string;
    task_token: Buffer;
    numerics_class: string;
    started_at: Moment;
    ended_at: MomentOrNull;
    outcome: string | null;
    detail: string | null;
  };
  metrics: { training_id: string; name: string; first_step: number; values: number[]; epoch: number };
  checkpoints: {
    id: Generated<number>;
    training_id: string;
    step: number;
    epoch: number;
    numerics_class: string;
    store_id: string;
    uri: string;
    sha256: string;
    bytes: number;
    created_at: Moment;
    forgotten: Generated<boolean>;
  };
  training_pins: { training_id: string; pinned_at: Moment };
  evaluations: {
    id: Generated<string>;
    evaluation_hash: string;
    training_id: string;
    at_step: number;
    configuration: Written<EvaluationConfiguration>;
    dataset_hash: string;
    dataset_rows: number;
    member_key: string;
    status: Generated<EvaluationStatus>;
    metrics: WrittenOrNull<Measurements>;
    predictions_sha256: string | null;
    row_groups: number[] | null;
    finished_at: MomentOrNull;
  };
  evaluation_members: {
    training_id: string;
    at_step: number;
    member_key: string;
    member: number;
    /** float32 values of all rows. */
    logits: Buffer;
    /** uint32, where each row begins and the last ends; null: rows of one length, as up to version 3. */
    offsets: Buffer | null;
  };
  evaluation_pages: {
    training_id: string;
    at_step: number;
    member_key: string;
    member: number;
    first_input: number;
    /** uint32 numbers of the inputs, whose outputs are as in evaluation_members. */
    inputs: Buffer;
    logits: Buffer;
    offsets: Buffer;
  };
  sweep_evaluations: { sweep_id: string; evaluation_id: string; trial: number };
  /** Beside a trial, under the names of the sweep's further sets. */
  sweep_set_evaluations: { sweep_id: string; trial: number; set_name: string; evaluation_id: string };
  /** A view: of both tables. */
  wanted_evaluations: { sweep_id: string; evaluation_id: string };
  search_events: {
    sweep_id: string;
    sequence: number;
    kind: SearchEvent['kind'];
    ordinal: number;
    rung: number;
    value: number | null;
    reason: string | null;
    point: WrittenOrNull<Record<string, number | string>>;
    decided_at: number | null;
    further: number[] | null;
    failure: FailureKind | null;
    token: Generated<string>;
    created_at: Moment;
  };
  search_snapshots: {
    sweep_id: string;
    sequence: number;
    token: string;
    fold_version: number;
    canonical_hash: string;
    memory: Buffer;
    written_at: Moment;
  };
  workers: {
    id: string;
    host: string;
    pid: number;
    process_started: string;
    role: string;
    slots: number;
    numerics_class: string | null;
    hardware: string | null;
    slot_states: Generated<string>;
    started_at: Moment;
    last_seen: Moment;
    ended_at: MomentOrNull;
  };
  sweep_events: {
    id: Generated<number>;
    sweep_id: string | null;
    training_id: string | null;
    kind: string;
    detail: Written<Record<string, unknown>>;
    created_at: Moment;
  };
  /** evaluation_id null: of the sweep itself. */
  sweep_files: { sweep_id: string; content: string; recorded_at: Moment };
  annotations: {
    id: Generated<number>;
    sweep_id: string;
    evaluation_id: string | null;
    tags: Generated<string[]>;
    note: string | null;
    changed_at: Moment;
  };
  notices: {
    id: Generated<number>;
    sweep_id: string;
    target_kind: string;
    target: string;
    /** That alone may deliver; null: any. */
    host: string | null;
    folder: string | null;
    created_at: Moment;
  };
  notice_conditions: { notice_id: number; condition: string; memory: Written<Json>; looked_at_end: MomentOrNull };
  notice_deliveries: {
    id: string;
    notice_id: number;
    condition: string;
    payload: Written<NoticePayload>;
    state: Generated<'pending' | 'delivered' | 'failed'>;
    attempt: Generated<number>;
    due_at: Moment;
    claimed_until: MomentOrNull;
    problem: string | null;
    created_at: Moment;
    settled_at: MomentOrNull;
  };
  commands: {
    id: string;
    sweep_id: string;
    kind: string;
    detail: Written<Record<string, unknown>>;
    created_at: Moment;
  };
}
