import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';

/** A sweep's progress for the header and the progress lines; all of it follows from the snapshot and the clock. */
export interface SweepProgress {
  readonly finalTrainings: number;
  readonly failedTrainings: number;
  /** Share of the planned steps, in [0, 1]. */
  readonly share: number;
  readonly final: boolean;
  /** Milliseconds; null while paused, final, or before a rate was measured. */
  readonly timeLeftMs: number | null;
  /** From creation to the end, or to now. */
  readonly elapsedMs: number;
}

export function sweepProgress(snapshot: SweepSnapshot, now: Date): SweepProgress {
  const { counts } = snapshot;
  const failedTrainings = counts.diverged + counts.out_of_memory + counts.infeasible + counts.crashed;
  const final = isFinal(snapshot);
  const rate = snapshot.stepsPerSecond;
  const stepsLeft = Math.max(0, snapshot.stepsTotal - snapshot.stepsDone);
  const advancing = snapshot.state === 'running' && snapshot.desiredState === 'running';
  return {
    finalTrainings: counts.succeeded + counts.pruned + counts.cancelled + failedTrainings,
    failedTrainings,
    share: snapshot.stepsTotal > 0 ? Math.min(1, snapshot.stepsDone / snapshot.stepsTotal) : final ? 1 : 0,
    final,
    timeLeftMs: advancing && rate !== null && rate > 0 ? (1000 * stepsLeft) / rate : null,
    elapsedMs: (snapshot.finishedAt ?? now).getTime() - snapshot.createdAt.getTime(),
  };
}

export function isFinal(snapshot: SweepSnapshot): boolean {
  return snapshot.state === 'completed' || snapshot.state === 'cancelled';
}

/** The state in words; a command that was given and not yet carried out by every slot shows as its participle. */
export function stateWords(snapshot: SweepSnapshot): string {
  const { state, desiredState, counts } = snapshot;
  if (isFinal(snapshot)) return state;
  if (desiredState === 'cancelled') return 'cancelling';
  if (desiredState === 'paused' && (state === 'running' || counts.running + counts.evaluating > 0)) return 'pausing';
  if (desiredState === 'running' && state === 'paused') return 'resuming';
  if (snapshot.draining === true) return 'draining';
  return state;
}
