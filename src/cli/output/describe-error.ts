import { escapeControls } from '../../base/escape-controls.ts';
import { DropsweepError } from '../../base/errors.ts';
import { fileRefusal } from '../../base/file-refusal.ts';

/** The text of an error for people: nothing in it, of whoever it tells, can steer their terminal. */
export function describeError(error: unknown): string {
  return escapeControls(told(error));
}

/**
 * Our errors as they are, the system's in our words; a defect with its stack, since somebody will have to look for it.
 */
function told(error: unknown): string {
  if (error instanceof DropsweepError) return error.message;
  const refused = fileRefusal(error);
  if (refused !== null) return refused.message;
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
