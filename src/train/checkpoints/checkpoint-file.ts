import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFull } from '../../base/disk-full.ts';

/** So much is written on the thread that asks: nine trips through the thread pool would take longer than the writing. */
const smallBytes = 65_536;

/**
 * Writes a checkpoint's file, whole or not at all: temporary name, fsync, rename, fsync of the folder.
 * @throws DropsweepError DISK_FULL when the disk has no room; the file of an earlier step stays as it is
 */
export async function writeCheckpointFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    if (bytes.length <= smallBytes) writeSmall(path, bytes);
    else await writeDurably(path, bytes);
  } catch (error) {
    await rm(`${path}.partial`, { force: true });
    throw asDiskFull(error, 'there is no room for a checkpoint', path);
  }
}

function writeSmall(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  withFile(`${path}.partial`, 'w', (file) => {
    writeFileSync(file, bytes);
    fsyncSync(file);
  });
  renameSync(`${path}.partial`, path);
  withFile(dirname(path), 'r', fsyncSync);
}

function withFile(path: string, flags: 'r' | 'w', use: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
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
