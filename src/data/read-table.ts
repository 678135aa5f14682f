import { CsvError, parse } from 'csv-parse/sync';
import { dataInvalid } from './raw-row.ts';
import { readTextFile } from './read-text-file.ts';

/** One record of a table, its cells by column name, and the line that it starts on. */
export interface TableRecord {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly where: string;
}

export interface Table {
  readonly columns: readonly string[];
  readonly records: readonly TableRecord[];
}

/**
 * Reads a file with a header line. CSV may quote cells; TSV splits on tabs alone, as GLUE's files need, where a
 * quotation mark is text.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readTable(path: string, format: 'csv' | 'tsv'): Table {
  const rows = parseRows(path, readTextFile(path), format);
  const [header, ...body] = rows;
  if (header === undefined) {
    throw dataInvalid(path, 'a data file is empty', { got: '0 lines', expected: 'a header line and rows' });
  }
  const columns = header.record.map((name) => name.trim());
  const records = body.map(({ record, line }) => {
    const lineBreaks = record.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
    const where = `${path}:${line - lineBreaks}`;
    if (record.length !== columns.length) {
      throw dataInvalid(where, 'a row has another number of cells than the header', {
        got: `${record.length} cells`,
        expected: `${columns.length} cells: ${columns.join(', ')}`,
        fix: format === 'csv' ? 'quote cells that hold a comma' : 'take tabs out of the cells',
      });
    }
    return { cells: Object.fromEntries(columns.map((name, i) => [name, record[i] ?? ''])), where };
  });
  return { columns, records };
}

interface ParsedRow {
  readonly record: readonly string[];
  /** The line that it ends on. */
  readonly line: number;
}

function parseRows(path: string, text: string, format: 'csv' | 'tsv'): ParsedRow[] {
  const lines: number[] = [];
  try {
    const records = parse(text, {
      delimiter: format === 'csv' ? ',' : '\t',
      quote: format === 'csv' ? '"' : false,
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
