import type { DropsweepError } from '../../base/errors.ts';
import { dataInvalid } from '../raw-row.ts';

/** A file of rows that has none. */
export function emptyFile(path: string, got: string, expected: string): DropsweepError {
  return dataInvalid(path, 'a data file is empty', { got, expected, fix: 'add rows, or name another file' });
}
