import type { Objective } from '../sweep/vocabulary.ts';

/** How a sweep does, as conditions of notices look at it. */
export interface SweepFacts {
  readonly sweep: string;
  readonly state: 'running' | 'paused' | 'completed' | 'cancelled';
  /** ISO 8601; null: it has not ended. */
  readonly finishedAt: string | null;
  /** Trainings: how many there are to be, have ended, and of those have failed. */
  readonly trainings: number;
  readonly ended: number;
  readonly failed: number;
  /** The first objective; null: the sweep has none. */
  readonly objective: Objective | null;
  /** The trial that is best by the first objective; null: nothing is scored yet. */
  readonly best: { readonly trial: number; readonly value: number } | null;
}
