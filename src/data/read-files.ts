import type { DataSource } from '../sweep/sweep-definition.ts';
import { dataInvalid, type RawDataset, type RawRow } from './raw-row.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readTable, type TableRecord } from './read-table.ts';

type FileSource = Extract<DataSource, { kind: 'files' }>;

/**
 * Rows of a user's own CSV, TSV or JSONL files, one per split.
 * @throws DropsweepError DATA_INVALID for a missing column or file, a row without text or label
 */
export function readFiles(source: FileSource): RawDataset {
  return {
    train: readSplit(source, source.train),
    dev: readSplit(source, source.dev),
    test: source.test === undefined ? null : readSplit(source, source.test),
  };
}

function readSplit(source: FileSource, path: string): RawRow[] {
  const table = source.format === 'jsonl' ? readJsonLines(path) : readTable(path, source.format);
  const wanted: [string, string | undefined][] = [
    ['text', source.text],
    ['text_pair', source.text_pair],
    ['label', source.label],
  ];
  for (const [field, column] of wanted) {
    if (column === undefined || table.columns.includes(column)) continue;
    throw dataInvalid(path, `the column named by task.data.${field} is missing`, {
      got: table.columns.join(', '),
      expected: `a column ${column}`,
      fix: `name one of the file's columns in task.data.${field}`,
    });
  }
  const { text_pair: pair } = source;
  return table.records.map((record) => ({
    text: readText(record, source.text),
    ...(pair === undefined ? {} : { text_pair: readText(record, pair) }),
    label: readLabel(record, source.label),
    where: record.where,
  }));
}

function readText(record: TableRecord, column: string): string {
  const value = record.cells[column];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw dataInvalid(record.where, `a row has no text in ${column}`, {
    got: value ?? 'nothing',
    expected: 'text that is not blank',
    fix: 'fill in the text or take the row out',
  });
}

function readLabel(record: TableRecord, column: string): string {
  const value = record.cells[column];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw dataInvalid(record.where, `a row has no label in ${column}`, {
    got: value ?? 'nothing',
    expected: 'a label name or a number',
    fix: 'fill in the label or take the row out',
  });
}
