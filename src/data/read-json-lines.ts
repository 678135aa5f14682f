import { dataInvalid } from './raw-row.ts';
import type { Table, TableRecord } from './read-table.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * Reads one JSON object a line; empty lines are passed over. A column is a member of any of the objects.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readJsonLines(path: string): Table {
  const columns = new Set<string>();
  const records: TableRecord[] = [];
  for (const [index, line] of readTextFile(path).split('\n').entries()) {
    if (line.trim() === '') continue;
    const where = `${path}:${index + 1}`;
    const value = parseLine(where, line);
    for (const name of Object.keys(value)) columns.add(name);
    records.push({ cells: value, where });
  }
  if (records.length === 0) {
    throw dataInvalid(path, 'a data file is empty', { got: '0 rows', expected: 'one JSON object a line' });
  }
  return { columns: [...columns], records };
}

function parseLine(where: string, line: string): Readonly<Record<string, unknown>> {
  const expected = 'one JSON object';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw dataInvalid(where, 'a line is not JSON', { got: line.slice(0, 80), expected, cause: error });
  }
  if (isRecord(value)) return value;
  throw dataInvalid(where, 'a line is not an object', { got: line.slice(0, 80), expected });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
