import { existsSync } from 'node:fs';
import { DropsweepError } from '../../base/errors.ts';
import { tableFormats } from '../../data/files/table-formats.ts';
import { formatOf } from '../../sweep/file/file-format.ts';
import { type LookedTable, lookAtTable } from '../../tasks/look-at-table.ts';

/** Reads a file of any format that rows may come in. @throws DropsweepError DATA_INVALID where it is none */
export async function lookAtData(train: string): Promise<LookedTable> {
  if (!existsSync(train)) {
    throw new DropsweepError('DATA_INVALID', 'there is no such file', {
      where: train,
      expected: 'a CSV, TSV, JSON, JSON lines or Parquet file of texts and labels',
      fix: 'correct the path',
    });
  }
  const format = formatOf(train, tableFormats);
  if (format === undefined) {
    throw new DropsweepError('DATA_INVALID', 'the name of the file does not tell its format', {
      where: train,
      expected: `a name that ends in ${[...new Set(tableFormats.map(({ extension }) => extension))].join(', ')}`,
      fix: 'call the file by its format',
    });
  }
  const { records } = await format.read(train, {});
  return lookAtTable(train, records);
}
