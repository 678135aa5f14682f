import { DropsweepError } from '../../base/errors.ts';
import { firstLine } from '../reading/snapshot-poller.ts';

/** Why a command was not taken, and what to do instead, in one line without the error's code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof DropsweepError)) return firstLine(error);
  const { what, facts } = error;
  return facts.fix === undefined ? what : `${what}; ${facts.fix}`;
}
