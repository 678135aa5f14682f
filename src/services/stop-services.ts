import { isProvedDead } from '../worker/slots/process-identity.ts';
import { endProcess } from './processes/end-process.ts';
import { endOrphans } from './processes/end-orphans.ts';
import { disownDataDirectory, ownDataDirectory } from './processes/own-data-directory.ts';
import { readStatus, supervisorOf } from './services-status.ts';

/**
 * Ends the supervisor of a data directory with all it owns; what a killed one left behind is ended too. Sweeps stay as
 * they are recorded.
 * @returns whether anything ran
 */
export async function stopServices(
  dataDirectory: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<boolean> {
  const owner = supervisorOf(dataDirectory);
  if (owner !== null) {
    await endProcess(owner, [{ signal: 'SIGTERM', waitMs: options.timeoutMs ?? 90_000 }]);
    if (!isProvedDead(owner)) return true;
  }
  if (readStatus(dataDirectory) === null) return owner !== null;
  await ownDataDirectory(dataDirectory);
  try {
    const orphans = await endOrphans(dataDirectory);
    return owner !== null || orphans.length > 0;
  } finally {
    disownDataDirectory(dataDirectory);
  }
}
