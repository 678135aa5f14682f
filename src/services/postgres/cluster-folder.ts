import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import { sha256 } from '../../base/sha256.ts';
import { logFileOf } from '../services-status.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** Where releases before 0.2 kept root's clusters, by the data directory's path. */
const olderFolder = '/var/lib/dropsweep';

/** The cluster of a data directory lies in it, whoever runs it. */
export function clusterFolderOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres');
}

/** Says that a cluster was made here: without it the record is gone, and is not silently begun anew. */
function markOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres-made');
}

export function markCluster(dataDirectory: string): void {
  if (!existsSync(markOf(dataDirectory))) writeFileSync(markOf(dataDirectory), `${new Date().toISOString()}\n`);
}

export function isCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'PG_VERSION'));
}

/**
 * How a PostgreSQL program is told where the cluster lies. Root's runs as a user who may be unable to enter the folders
 * above it (root's home is closed to others): it is started inside, and named by where it stands, which asks nothing of
 * the path. A folder can so be moved, and be reached by links, without being another.
 */
export function clusterPlace(clusterFolder: string): { readonly argument: string; readonly cwd: string } {
  if (unprivilegedUser() === null || process.platform !== 'linux') return { argument: clusterFolder, cwd: '/' };
  return { argument: '/proc/self/cwd', cwd: clusterFolder };
}

/** Whether a command line, or the folder that its process stands in, is of this cluster. */
export function isOfCluster(clusterFolder: string, pid: number, commandLine: string): boolean {
  if (commandLine.includes(clusterFolder)) return true;
  try {
    return commandLine.includes('/proc/self/cwd') && realpathSync(`/proc/${pid}/cwd`) === realpathSync(clusterFolder);
  } catch {
    // The process or the folder is gone: it is of no cluster any more.
    return false;
  }
}

/**
 * Brings home a cluster of root's that an older release kept elsewhere, and refuses a data directory that has lost its own.
 * @param say told of what is moved
 * @returns whether a cluster is there now
 * @throws SERVICE_UNAVAILABLE
 */
export function findCluster(dataDirectory: string, say: (text: string) => void): boolean {
  const folder = clusterFolderOf(dataDirectory);
  if (isCluster(folder)) return true;
  const older = olderClusterOf(dataDirectory);
  const hasPassword = existsSync(path.join(dataDirectory, 'postgres-password'));
  if (older !== null && hasPassword) {
    say(`moving the database from ${older} to ${folder}, where it belongs`);
    move(older, folder);
    return true;
  }
  if (hadCluster(dataDirectory)) throw lost(dataDirectory, folder);
  if (older !== null)
    say(`${older} holds a database of an earlier folder of this name; its password is gone, it is left`);
  return false;
}

/** The server's log begins with the first start of a cluster. */
function hadCluster(dataDirectory: string): boolean {
  const log = statSync(logFileOf(dataDirectory, 'postgres'), { throwIfNoEntry: false });
  return existsSync(markOf(dataDirectory)) || (log !== undefined && log.size > 0);
}

function olderClusterOf(dataDirectory: string): string | null {
  const folder = path.join(olderFolder, `postgres-${sha256(path.resolve(dataDirectory)).slice(0, 16)}`);
  return unprivilegedUser() !== null && isCluster(folder) ? folder : null;
}

function move(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    // Another file system: whole under a name of its own first, so that a broken copy is never taken for the cluster.
    cpSync(from, `${to}.partial`, { recursive: true, preserveTimestamps: true });
    copyOwner(from, `${to}.partial`);
    renameSync(`${to}.partial`, to);
    rmSync(from, { recursive: true });
  }
}

function copyOwner(from: string, to: string): void {
  const { uid, gid } = statSync(from);
  for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' })) lchownSync(path.join(to, name), uid, gid);
  lchownSync(to, uid, gid);
}

function lost(dataDirectory: string, folder: string): DropsweepError {
  const elsewhere = existsSync(olderFolder)
    ? readdirSync(olderFolder)
        .map((name) => path.join(olderFolder, name))
        .filter(isCluster)
    : [];
  return new DropsweepError('SERVICE_UNAVAILABLE', 'this data directory has lost its database', {
    where: folder,
    got: elsewhere.length === 0 ? 'no cluster there' : `no cluster there; others are ${elsewhere.join(', ')}`,
    expected: 'the folder postgres, which holds sweeps and results',
    fix: `put it back (a database made as root by an earlier release lies in ${olderFolder}), or begin anew by removing ${dataDirectory}`,
  });
}
