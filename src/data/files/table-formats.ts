import { readJsonLines } from './read-json-lines.ts';
import { readJsonRows } from './read-json-rows.ts';
import { readParquet } from './read-parquet.ts';
import { readTable } from './read-table.ts';
import type { TableFormat } from './table.ts';

/** Every format that any task's rows may come in; a task may have others for itself. */
export const tableFormats: readonly TableFormat[] = [
  { name: 'csv', extension: '.csv', read: (path, request) => readTable(path, 'csv', request) },
  { name: 'tsv', extension: '.tsv', read: (path, request) => readTable(path, 'tsv', request) },
  { name: 'jsonl', extension: '.jsonl', read: readJsonLines },
  { name: 'jsonl', extension: '.ndjson', read: readJsonLines },
  { name: 'json', extension: '.json', read: readJsonRows },
  { name: 'parquet', extension: '.parquet', read: readParquet },
];
