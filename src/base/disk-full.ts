import { DropsweepError } from './errors.ts';

/** Whether a failure says that a disk, or somebody's share of it, has no room left. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof DropsweepError) return error.code === 'DISK_FULL';
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** The failure in our words where it is a full disk's, else as it is. */
export function asDiskFull(error: unknown, what: string, where: string): unknown {
  if (error instanceof DropsweepError || !isDiskFull(error)) return error;
  const fix = 'make room on this disk; what waits for it goes on by itself';
  return new DropsweepError('DISK_FULL', what, { where, fix, cause: error });
}
