import { rmSync } from 'node:fs';
import { DropsweepError } from '../../base/errors.ts';
import { withFileLock } from '../../hub/file-lock.ts';
import { ownIdentity } from '../../worker/slots/process-identity.ts';
import { lockFileOf, supervisorOf, writePrivately } from '../services-status.ts';

/**
 * Makes this process the supervisor of a data directory. Owners are known by pid and start time, so that a dead one's
 * lock, and a pid that somebody else has by now, hold nobody up.
 * @throws SUPERVISOR_BUSY
 */
export async function ownDataDirectory(dataDirectory: string): Promise<void> {
  const file = lockFileOf(dataDirectory);
  await withFileLock(`${file}.taking`, async () => {
    const owner = supervisorOf(dataDirectory);
    if (owner !== null && owner.pid !== process.pid) {
      throw new DropsweepError('SUPERVISOR_BUSY', 'another supervisor owns this data directory', {
        where: dataDirectory,
        got: `pid ${owner.pid}`,
        fix: 'use it, or end it with `dropsweep down`',
      });
    }
    writePrivately(file, ownIdentity());
  });
}

export function disownDataDirectory(dataDirectory: string): void {
  if (supervisorOf(dataDirectory)?.pid === process.pid) rmSync(lockFileOf(dataDirectory), { force: true });
}
