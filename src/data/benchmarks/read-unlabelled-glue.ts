import { glueTasks } from '../../sweep/glue-tasks.ts';
import type { GlueSource } from '../../sweep/sweep-definition.ts';
import { readGlueTable, textCells, textColumns } from './glue-tables.ts';
import type { RawRow } from '../raw-row.ts';

/** A row that is to be predicted, with the number that the benchmark has for it. */
export interface UnlabelledRow extends RawRow {
  readonly index: string;
}

/**
 * Rows that the benchmark's server judges, of which no label is public: all of them, in their order.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export async function readUnlabelledGlue(
  source: Pick<GlueSource, 'task'>,
  files: readonly string[],
): Promise<readonly UnlabelledRow[]> {
  const task = glueTasks[source.task];
  const rows: UnlabelledRow[] = [];
  for (const path of files) {
    const table = await readGlueTable(path, task);
    const columns = textColumns(path, table, source);
    const index = ['index', 'id', 'idx'].find((name) => table.columns.includes(name));
    for (const record of table.records) {
      const number = index === undefined ? undefined : record.cells[index];
      rows.push({
        cells: textCells(record, columns),
        where: record.where,
        mayBeBlank: true,
        index: typeof number === 'number' || typeof number === 'string' ? String(number) : String(rows.length),
      });
    }
  }
  return rows;
}
