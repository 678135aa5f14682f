import type { ErrorCode } from '../../base/error-codes.ts';
import type { DropsweepError } from '../../base/errors.ts';
import type { SegmentOutcome } from '../../sweep/segment.ts';

/** Faults of a program, a file or a worker, which say nothing of whether the configuration can be trained. */
const faults: ReadonlySet<ErrorCode> = new Set([
  'PROGRAM_UNMEASURED',
  'PROGRAM_PAST_END',
  'PROGRAM_CHANGED',
  'CHECKPOINT_INVALID',
  'TRAINER_VERSION_CHANGED',
]);

/** How a training ends over an error that another attempt would meet again: a search learns of what is infeasible. */
export function asFailure({ code, message }: DropsweepError): SegmentOutcome {
  return { kind: 'failed', outcome: faults.has(code) ? 'crashed' : 'infeasible', code, message };
}
