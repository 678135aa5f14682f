import type {
  EvaluationStatus,
  SegmentStatus,
  SweepRecordState,
  TrainingRecordState,
} from '../../src/store/database/record-states.ts';

type Transitions<State extends string> = Readonly<Record<State, readonly State[]>>;

/** Where each state may go. What stands nowhere is refused by the statements of this folder, and held by a test. */
export const sweepTransitions: Transitions<SweepRecordState> = {
  running: ['paused', 'completed', 'cancelled'],
  paused: ['running', 'completed', 'cancelled'],
  completed: ['running'],
  cancelled: ['running'],
};

/**
 * A final training becomes active again only by `retry` (failed), because another sweep wants it (let go), or because a
 * further evaluation wants the checkpoint that gc has removed (succeeded).
 */
export const trainingTransitions: Transitions<TrainingRecordState> = {
  active: ['succeeded', 'diverged', 'out_of_memory', 'infeasible', 'crashed', 'pruned', 'cancelled'],
  succeeded: ['active'],
  diverged: ['active'],
  out_of_memory: ['active'],
  infeasible: ['active'],
  crashed: ['active'],
  pruned: ['active'],
  cancelled: ['active'],
};

/** claimed → claimed is an adoption: a new epoch. done → ready: a finished training gets further evaluations. */
export const segmentTransitions: Transitions<SegmentStatus> = {
  blocked: ['ready', 'cancelled', 'done'],
  ready: ['claimed', 'blocked', 'cancelled', 'done'],
  claimed: ['claimed', 'ready', 'done', 'failed', 'cancelled'],
  done: ['ready', 'blocked'],
  failed: ['ready', 'blocked', 'cancelled'],
  cancelled: ['ready', 'blocked', 'done'],
};

export const evaluationTransitions: Transitions<EvaluationStatus> = {
  pending: ['done', 'failed'],
  done: [],
  failed: ['pending'],
};
