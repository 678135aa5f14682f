import { emptyFile } from './empty-file.ts';
import { dataInvalid } from '../raw-row.ts';
import { isRecord, readJsonValue } from './read-json-value.ts';
import { readTextFile } from './read-text-file.ts';
import type { Table, TableRecord, TableRequest } from './table.ts';

/**
 * Reads one JSON object a line; empty lines are passed over. A column is a member of any of the objects.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readJsonLines(path: string, { encoding }: TableRequest = {}): Table {
  const columns = new Set<string>();
  const records: TableRecord[] = [];
  for (const [index, line] of readTextFile(path, encoding).split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = `${path}:${index + 1}`;
    const value = parseLine(where, line);
    for (const name of Object.keys(value)) columns.add(name);
    records.push({ cells: value, where });
  }
  if (records.length === 0) {
    throw emptyFile(path, '0 rows', 'one JSON object a line');
  }
  return { columns: [...columns], records };
}

function parseLine(where: string, line: string): Readonly<Record<string, unknown>> {
  const expected = 'one JSON object';
  const isFirst = where.endsWith(':1');
  const looksWhole = isFirst && /^\s*[[{]\s*($|\{)/.test(line);
  const fix = looksWhole
    ? 'if the file is one JSON array or object, call it .json or set task.data.format: json'
    : 'correct the line';
  let value: unknown;
  try {
    value = readJsonValue(line, where);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw dataInvalid(where, 'a line is not JSON', { got: line.slice(0, 80), expected, fix, cause: error });
  }
  if (isRecord(value)) return value;
  const what = Array.isArray(value) ? 'a line is a JSON array, not an object' : 'a line is not an object';
  throw dataInvalid(where, what, { got: line.slice(0, 80), expected, fix });
}
