import { join } from 'node:path';
import { dataInvalid, isBlank, type RawDataset, type RawRow } from './raw-row.ts';
import { readTable } from './read-table.ts';

const labelNames = ['not_equivalent', 'equivalent'] as const;
const columns = { label: 'Quality', text: '#1 String', pair: '#2 String' } as const;

/**
 * GLUE's MRPC folder in its official layout: train.tsv and dev.tsv, split on tabs without quoting, perhaps with a
 * byte-order mark; label, two ids, two sentences. Its test labels were never published: there is no test split.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export function readMrpc(folder: string): RawDataset {
  return {
    train: readSplit(join(folder, 'train.tsv')),
    dev: readSplit(join(folder, 'dev.tsv')),
    test: null,
    labels: labelNames,
  };
}

function readSplit(path: string): RawRow[] {
  const table = readTable(path, 'tsv');
  for (const column of Object.values(columns)) {
    if (table.columns.includes(column)) continue;
    throw dataInvalid(path, 'the file is not in the layout of MRPC', {
      got: table.columns.join(', '),
      expected: 'Quality, #1 ID, #2 ID, #1 String, #2 String',
      fix: "point task.data.folder at GLUE's MRPC folder",
    });
  }
  return table.records.map(({ cells, where }) => {
    const label = labelNames[Number(cells[columns.label])];
    if (label === undefined) {
      throw dataInvalid(where, 'a row has an unknown label', { got: cells[columns.label], expected: '0 or 1' });
    }
    const text = textOf(cells[columns.text], where);
    return { cells: { text, text_pair: textOf(cells[columns.pair], where), label }, where };
  });
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && !isBlank(value)) return value;
  throw dataInvalid(where, 'a row lacks a sentence', { got: value ?? 'nothing', expected: 'two sentences' });
}
