import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { dataInvalid } from '../raw-row.ts';

interface Compression {
  readonly name: string;
  /** The bytes that its files begin with. */
  readonly magic: readonly number[];
  unpack(bytes: Uint8Array): Uint8Array;
}

/** Told by a file's first bytes, whatever it is called: none of them begins a text or a Parquet file. */
const compressions: readonly Compression[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: (bytes) => gunzipSync(bytes) },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: (bytes) => decompress(bytes) },
];

/** A data file's content, unpacked where it is compressed. @throws DATA_INVALID where it is missing or damaged */
export function fileBytes(path: string): Uint8Array {
  const bytes = readBytes(path);
  const compression = compressions.find(({ magic }) => beginsWith(bytes, magic));
  if (compression === undefined) return bytes;
  try {
    return compression.unpack(bytes);
  } catch (error) {
    throw dataInvalid(path, `a data file begins as ${compression.name} and cannot be unpacked`, {
      got: error instanceof Error ? error.message : String(error),
      expected: `a whole ${compression.name} file`,
      fix: 'fetch the file again, or pack it anew',
      cause: error,
    });
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw dataInvalid(path, 'a data file cannot be read', {
      expected: 'a readable file',
      fix: 'correct the path',
      cause: error,
    });
  }
}

const knownKinds: readonly { readonly magic: readonly number[]; readonly words: string; readonly fix: string }[] = [
  { magic: [0x50, 0x41, 0x52, 0x31], words: 'a Parquet file', fix: 'set task.data.format: parquet' },
  { magic: [0x50, 0x4b, 3, 4], words: 'a ZIP archive, or a spreadsheet', fix: 'unpack it, or save the sheet as CSV' },
  { magic: [0xff, 0xfe], words: 'text in UTF-16', fix: 'save it as UTF-8, or set task.data.encoding: utf-16le' },
  { magic: [0xfe, 0xff], words: 'text in UTF-16', fix: 'save it as UTF-8, or set task.data.encoding: utf-16be' },
  { magic: [0x25, 0x50, 0x44, 0x46], words: 'a PDF', fix: 'give the rows as CSV or JSON lines' },
];

/** The kind of a file that is no text, and what to do about it; null where it looks like text. */
export function otherKind(bytes: Uint8Array): { readonly words: string; readonly fix: string } | null {
  return knownKinds.find(({ magic }) => beginsWith(bytes, magic)) ?? null;
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
