import { emptyFile } from './empty-file.ts';
import { notJson } from './not-json.ts';
import { dataInvalid } from '../raw-row.ts';
import { isRecord, readJsonValue } from './read-json-value.ts';
import { readTextFile } from './read-text-file.ts';
import type { Table, TableRequest } from './table.ts';

/**
 * Reads a file that is one JSON array of objects, or one object whose members are the rows.
 * @throws DropsweepError DATA_INVALID with the row's place
 */
export function readJsonRows(path: string, { encoding }: TableRequest = {}): Table {
  const expected = 'an array of objects, or an object of them';
  const value = parse(path, readTextFile(path, encoding), expected);
  if (!Array.isArray(value) && !isRecord(value)) {
    throw dataInvalid(path, 'a JSON file holds no rows', {
      got: JSON.stringify(value).slice(0, 80),
      expected,
      fix: 'give one object for each row, or name another file',
    });
  }
  const columns = new Set<string>();
  const records = Object.entries(value).map(([key, row]: [string, unknown]) => {
    const where = `${path}: [${Array.isArray(value) ? key : JSON.stringify(key)}]`;
    if (!isRecord(row)) {
      throw dataInvalid(where, 'a row is not an object', {
        got: JSON.stringify(row).slice(0, 80),
        expected,
        fix: 'give one object for each row',
      });
    }
    for (const name of Object.keys(row)) columns.add(name);
    return { cells: row, where };
  });
  if (records.length > 0) return { columns: [...columns], records };
  throw emptyFile(path, '0 rows', expected);
}

function parse(path: string, text: string, expected: string): unknown {
  try {
    return readJsonValue(text, path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const lines = text.trim().split('\n');
    const fix =
      lines.length > 1 && lines[0]?.trim().endsWith('}') === true
        ? 'if the file has one JSON object a line, call it .jsonl or set task.data.format: jsonl'
        : 'correct the file';
    throw notJson(path, text, { expected, fix, cause: error });
  }
}
