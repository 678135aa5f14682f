import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import { clusterFolderOf } from './postgres/cluster-folder.ts';

const leastBytes = 128 * 2 ** 20;

/** Bytes that this user may still write where the folder is, or will be. */
export function freeBytes(folder: string): number {
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

/**
 * Servers that run out of room end in ways that are hard to read; this is asked before each start.
 * @throws DISK_FULL
 */
export function demandRoom(dataDirectory: string): void {
  for (const folder of [dataDirectory, clusterFolderOf(dataDirectory)]) {
    const free = freeBytes(folder);
    if (free >= leastBytes) continue;
    throw new DropsweepError('DISK_FULL', 'no room to run the services in', {
      where: folder,
      got: `${Math.floor(free / 2 ** 20)} MiB free`,
      expected: `${leastBytes / 2 ** 20} MiB or more`,
      fix: 'make room, or set DROPSWEEP_DATA to a folder on another disk; what is recorded stays',
    });
  }
}
