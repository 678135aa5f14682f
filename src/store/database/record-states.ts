/** The states of the record's rows; where each may go is held by test/store/allowed-transitions.ts. */
export type SweepRecordState = 'running' | 'paused' | 'completed' | 'cancelled';
export type TrainingRecordState =
  | 'active'
  | 'succeeded'
  | 'diverged'
  | 'out_of_memory'
  | 'infeasible'
  | 'crashed'
  | 'pruned'
  | 'cancelled';
export type SegmentStatus = 'blocked' | 'ready' | 'claimed' | 'done' | 'failed' | 'cancelled';
export type EvaluationStatus = 'pending' | 'done' | 'failed';
