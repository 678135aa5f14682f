import { emptyFile } from './empty-file.ts';
import { demandUniqueColumns } from './demand-unique-columns.ts';
import { CsvError, parse } from 'csv-parse/sync';
import { dataInvalid } from '../raw-row.ts';
import { readTextFile } from './read-text-file.ts';
import type { Table, TableRecord, TableRequest } from './table.ts';

type Separated = 'csv' | 'tsv';

/**
 * Reads a file with a header line, or without one where its columns are named. CSV may quote cells; TSV splits on tabs
 * alone, as GLUE's files need, where a quotation mark is text. Lines end as they end: LF, CR LF, or both.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readTable(
  path: string,
  format: Separated,
  { encoding, header, ragged = false }: TableRequest = {},
): Table {
  const rows = parseRows(path, readTextFile(path, encoding), format);
  const columns = header ?? rows[0]?.record.map((name) => name.trim());
  if (columns === undefined) {
    throw emptyFile(path, '0 lines', 'a header line and rows');
  }
  demandUniqueColumns(`${path}:1`, columns);
  const records = rows
    .slice(header === undefined ? 1 : 0)
    .map((row) => recordOf(path, row, { columns, named: header !== undefined, format: ragged ? null : format }));
  if (records.length > 0) return { columns, records };
  throw dataInvalid(path, 'a data file has a header line and no rows', {
    got: `0 rows below ${columns.join(', ')}`,
    expected: 'a header line and rows',
    fix: 'add rows, or name the columns in task.data.columns if that line is a row',
  });
}

interface RowLayout {
  readonly columns: readonly string[];
  /** Whether somebody named them: the file has no header. */
  readonly named: boolean;
  /** null: rows may be ragged. */
  readonly format: Separated | null;
}

function recordOf(path: string, { record, line }: ParsedRow, { columns, named, format }: RowLayout): TableRecord {
  const lineBreaks = record.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
  const where = `${path}:${line - lineBreaks}`;
  if (format !== null && record.length !== columns.length) {
    throw dataInvalid(where, `a row has another number of cells than ${named ? 'there are columns' : 'the header'}`, {
      got: `${record.length} cells`,
      expected: `${columns.length} cells: ${columns.join(', ')}`,
      fix: format === 'csv' ? 'quote cells that hold a comma' : 'take tabs out of the cells',
    });
  }
  if (record.every((cell, index) => cell.replace(/^\uFEFF/, '').trim() === columns[index])) {
    throw dataInvalid(where, 'a row repeats the header', {
      got: record.join(', '),
      expected: 'one header, in the first line',
      fix: 'take the line out; files that were joined have one each',
    });
  }
  return { cells: Object.fromEntries(columns.map((name, i) => [name, record[i]])), where };
}

interface ParsedRow {
  readonly record: readonly string[];
  /** The line that it ends on. */
  readonly line: number;
}

function parseRows(path: string, text: string, format: Separated): ParsedRow[] {
  const lines: number[] = [];
  try {
    const records = parse(text, {
      delimiter: format === 'csv' ? ',' : '\t',
      quote: format === 'csv' ? '"' : false,
      // Old Macintosh files end their lines with a carriage return alone.
      record_delimiter: text.includes('\n') ? ['\r\n', '\n'] : ['\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(record: string[], context) {
        lines.push(context.lines);
        return record;
      },
    });
    return records.map((record, i) => ({ record, line: lines[i] ?? 0 }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? `:${error['lines']}` : '';
    throw dataInvalid(`${path}${line}`, 'a row cannot be parsed', {
      got: error.message,
      expected: `well-formed ${format.toUpperCase()}`,
      fix: 'correct the quoting of that row',
      cause: error,
    });
  }
}
