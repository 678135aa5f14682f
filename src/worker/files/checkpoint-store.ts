import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where a worker's checkpoint files lie. */
export interface CheckpointStore {
  readonly folder: string;
  /** Told apart by a name inside the folder: it moves with a disk, and machines that share the folder share it. */
  readonly id: string;
}

/** The data directory's checkpoint folder, named at its first use; two processes at once give it one name. */
export function openCheckpointStore(dataDirectory: string): CheckpointStore {
  const folder = resolve(dataDirectory, 'checkpoints');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = resolve(folder, 'store-id');
  const known = readId(file);
  if (known !== null) return { folder, id: known };
  const own = `${file}.${process.pid}`;
  writeFileSync(own, randomUUID());
  try {
    linkSync(own, file);
  } catch (error) {
    if (readId(file) === null) throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return { folder, id: readFileSync(file, 'utf8') };
}

function readId(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
