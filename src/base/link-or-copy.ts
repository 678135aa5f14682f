import { copyFileSync, linkSync, realpathSync } from 'node:fs';

/**
 * The same file under another name, that which a symbolic link leads to; a copy where the file system or the system
 * refuses a hard link.
 */
export function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(realpathSync(source), target);
  } catch (error) {
    if (!refusals.has(errorCodeOf(error))) throw error;
    copyFileSync(source, target);
  }
}

// EXDEV: another file system. EPERM, EACCES, EROFS: links to files of others are refused. EMLINK: too many links.
const refusals = new Set(['EXDEV', 'EPERM', 'EACCES', 'EROFS', 'EMLINK']);

/** The system's name of a failure, ENOENT for one; empty: it has none. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
