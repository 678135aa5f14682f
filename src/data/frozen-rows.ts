import { gunzipSync, gzipSync } from 'node:zlib';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import type { FrozenRow } from '../sweep/vocabulary.ts';
import { dataInvalid } from './raw-row.ts';

export interface FrozenRows {
  /** SHA-256 of the canonical JSON lines before compression. */
  readonly hash: string;
  readonly rows: number;
  /** gzip of the lines. */
  readonly bytes: Uint8Array;
  /** Characters of the lines. */
  readonly characters: number;
}

/** Rows as the record keeps them: canonical JSON, one object a line. Equal rows in equal order have equal hashes. */
export function freezeRows(rows: readonly FrozenRow[]): FrozenRows {
  const text = rows.map((row) => `${canonicalJson(row)}\n`).join('');
  return { hash: sha256(text), rows: rows.length, bytes: gzipSync(text), characters: text.length };
}

const damagedFix = 'restore the database, or launch the sweep under another name from its own files';

/**
 * The rows of `freezeRows`.
 * @param hash what they were recorded under
 * @throws DropsweepError DATA_INVALID when the bytes are damaged or are other rows
 */
export function thawRows(bytes: Uint8Array, hash: string): FrozenRow[] {
  let text: string;
  try {
    text = gunzipSync(bytes).toString('utf8');
  } catch (error) {
    throw dataInvalid(`dataset ${hash}`, 'frozen rows cannot be unpacked', {
      got: error instanceof Error ? error.message : String(error),
      expected: 'what was recorded',
      fix: damagedFix,
      cause: error,
    });
  }
  if (sha256(text) !== hash) {
    throw dataInvalid(`dataset ${hash}`, 'frozen rows are not the ones recorded', {
      got: sha256(text),
      expected: hash,
      fix: damagedFix,
    });
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): FrozenRow => JSON.parse(line));
}
