import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFull } from '../../base/disk-full.ts';

/**
 * Writes a checkpoint's file, whole or not at all: temporary name, fsync, rename, fsync of the folder.
 * @throws DropsweepError DISK_FULL when the disk has no room; the file of an earlier step stays as it is
 */
export async function writeCheckpointFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, bytes);
  } catch (error) {
    await rm(`${path}.partial`, { force: true });
    throw asDiskFull(error, 'there is no room for a checkpoint', path);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(`${path}.partial`, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.partial`, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
