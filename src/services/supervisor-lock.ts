import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { isProvedDead, ownIdentity, type ProcessIdentity } from '../worker/process-identity.ts';

/**
 * Makes this process the one supervisor of a data directory. A lock of a process that is gone is taken over, also where
 * another process has its pid now.
 * @returns gives the lock back
 * @throws SUPERVISOR_BUSY, DISK_FULL
 */
export function lockSupervisor(dataDirectory: string): () => void {
  const file = path.join(dataDirectory, 'supervisor.lock');
  const own = ownIdentity();
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== null && !isProvedDead(holder)) {
      throw new DropsweepError('SUPERVISOR_BUSY', 'another supervisor owns this data directory', {
        where: file,
        got: `process ${holder.pid}`,
        fix: '`dropsweep down` ends it; `dropsweep up` uses it',
      });
    }
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return null; // Gone, or cut short by whoever died while writing it.
  }
}
