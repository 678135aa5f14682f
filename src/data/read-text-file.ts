import { readFileSync } from 'node:fs';
import { dataInvalid } from './raw-row.ts';

/** A UTF-8 file's text without its byte-order mark. Missing or not UTF-8: DATA_INVALID. */
export function readTextFile(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw dataInvalid(path, 'a data file cannot be read', {
      expected: 'a readable file',
      fix: 'correct the path in the sweep file',
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw dataInvalid(path, 'a data file is not UTF-8', {
      expected: 'UTF-8 text',
      fix: 'convert the file, for instance with iconv',
      cause: error,
    });
  }
}
