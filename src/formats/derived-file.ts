import { statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

/** Bytes of a derived file, made when they are written. */
export interface FilePiece {
  readonly offset: number;
  readonly bytes: () => Uint8Array | Uint16Array | Int8Array | Float32Array;
}

let written = 0;

/**
 * Writes a file of our own that weights of a graph lie in, whose name says what it holds: complete or not at all, and
 * nothing where it lies already. Two processes at once write the same bytes.
 */
export async function writeDerivedFile(target: string, length: number, pieces: Iterable<FilePiece>): Promise<void> {
  if (statSync(target, { throwIfNoEntry: false })?.size === length) return;
  written += 1;
  const temporary = `${target}.${process.pid}.${written}`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.truncate(length);
      for (const { offset, bytes } of pieces) {
        const view = bytes();
        await file.write(view, 0, view.byteLength, offset);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
