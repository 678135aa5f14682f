import { DropsweepError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';

/** Exit statuses of the process; in the README and in `dropsweep --help`. */
export const exitStatus = {
  done: 0,
  failed: 1,
  /** The command line, the sweep file or its data are invalid: nothing was created. */
  invalid: 2,
  /** The sweep ended, and some of its trainings failed. */
  trainingsFailed: 3,
  /** The sweep was cancelled. */
  cancelled: 4,
  /** `wait --timeout` ran out. */
  timedOut: 5,
} as const;

/** The table of docs/commands.md, and what help says. */
export const exitMeanings: readonly { readonly status: number; readonly meaning: string }[] = [
  { status: exitStatus.done, meaning: 'done' },
  { status: exitStatus.failed, meaning: 'failed' },
  { status: exitStatus.invalid, meaning: 'invalid command line, sweep file or data' },
  { status: exitStatus.trainingsFailed, meaning: 'the sweep ended and some of its trainings failed' },
  { status: exitStatus.cancelled, meaning: 'it was cancelled' },
  { status: exitStatus.timedOut, meaning: 'waiting timed out' },
];

const invalidInput: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'SWEEP_FILE_INVALID',
  'DATA_INVALID',
  'SWEEP_NAME_TAKEN',
]);

export function statusOfError(error: unknown): number {
  return error instanceof DropsweepError && invalidInput.has(error.code) ? exitStatus.invalid : exitStatus.failed;
}

/** Exit status of waiting for a sweep. */
export function statusOfSweep({ state, counts }: SweepSnapshot): number {
  if (state === 'cancelled') return exitStatus.cancelled;
  const failed = counts.diverged + counts.out_of_memory + counts.infeasible + counts.crashed;
  return state === 'completed' && failed > 0 ? exitStatus.trainingsFailed : exitStatus.done;
}
