import { DropsweepError } from '../base/errors.ts';

/** Our errors as they are; a defect with its stack, since somebody will have to look for it. */
export function describeError(error: unknown): string {
  if (error instanceof DropsweepError) return error.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
