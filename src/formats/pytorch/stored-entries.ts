import { fstatSync, readSync } from 'node:fs';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import { checkpointInvalid } from './checkpoint-invalid.ts';

export interface FilePart {
  /** From the start of the file. */
  readonly start: number;
  readonly bytes: number;
}

/**
 * Where a zip archive's entries lie that are neither compressed nor encrypted, by name without the folder before it.
 * @param file open for reading; stays open
 * @throws WEIGHTS_INVALID
 */
export async function storedEntries(file: number, where: string): Promise<ReadonlyMap<string, FilePart>> {
  const { size } = fstatSync(file);
  try {
    const options = { autoClose: false, lazyEntries: true };
    const zip = await fromRandomAccessReaderPromise(new BoundedReader(file, size), size, options);
    const parts = new Map<string, FilePart>();
    for await (const entry of zip.eachEntry()) {
      if (entry.compressionMethod !== 0 || entry.isEncrypted()) continue;
      const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      parts.set(entry.fileName.slice(entry.fileName.indexOf('/') + 1), { start, bytes: entry.uncompressedSize });
    }
    return parts;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const expected = 'a zip archive with its directory (truncated?)';
    throw checkpointInvalid(where, 'the archive cannot be read', reason, expected);
  }
}

/** yauzl's own reader asks Node for bytes at places that a broken archive names, which Node throws at nobody's hand. */
class BoundedReader extends RandomAccessReader {
  readonly #file: number;
  readonly #size: number;

  constructor(file: number, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const isInside = position >= 0 && position + length <= this.#size;
    const read = isInside ? readSync(this.#file, buffer, offset, length, position) : 0;
    const failure =
      read === length ? null : new Error(`it names bytes ${position} to ${position + length} of ${this.#size}`);
    setImmediate(callback, failure);
  }
}
