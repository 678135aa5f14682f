import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isProvedDead, readStartTime } from '../worker/process-identity.ts';
import { stopProcess } from './keep-running.ts';
import { clusterFolderOf } from './postgres-server.ts';
import type { ServiceStatus } from './service-status.ts';

/**
 * Ends what an earlier supervisor left behind when it was killed: by the identity it recorded, and PostgreSQL also by
 * its own postmaster.pid, with the fast shutdown that loses nothing.
 */
export async function endOrphans(dataDirectory: string, status: ServiceStatus | null): Promise<void> {
  for (const name of ['train', 'control', 'temporal'] as const) {
    const left = status?.services[name];
    if (left !== undefined && !isProvedDead(left)) await stopProcess(left.pid, 'SIGTERM', 10_000);
  }
  const postmaster = postmasterPid(clusterFolderOf(dataDirectory));
  if (postmaster !== null) await stopProcess(postmaster, 'SIGINT', 30_000);
}

/** Pid of a PostgreSQL that runs over this cluster; null: none. */
function postmasterPid(clusterFolder: string): number | null {
  const file = path.join(clusterFolder, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const [pidLine, folder] = readFileSync(file, 'utf8').split('\n');
  const pid = Number(pidLine);
  if (!Number.isInteger(pid) || pid <= 1 || readStartTime(pid) === null || folder !== clusterFolder) return null;
  return isPostgres(pid) ? pid : null;
}

/** The pid may have gone to another program since. */
function isPostgres(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('postgres');
}
