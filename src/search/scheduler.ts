/** A training's objective at the end of a rung; null: it failed before. */
export interface RungReport {
  readonly ordinal: number;
  readonly rung: number;
  /** Turned so that greater is better. */
  readonly value: number | null;
}

export interface RungDecision {
  readonly ordinal: number;
  readonly rung: number;
  readonly decision: 'promote' | 'prune';
}

/** An early-stopping scheduler. Pure: the same reports, in any order, give the same decisions. */
export interface Scheduler {
  /** Steps at which rungs end, ascending; the last is totalSteps. */
  rungSteps(totalSteps: number): readonly number[];
  /**
   * All decisions that follow from the reports so far, also those made before: the caller drops what it has.
   * @param trainings number of trainings in the sweep
   */
  decide(reports: readonly RungReport[], trainings: number): readonly RungDecision[];
}
