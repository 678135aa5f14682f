import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatOf } from '../../sweep/file/file-format.ts';
import { type GlueTask, glueTasks } from '../../sweep/glue-tasks.ts';
import type { GlueSource } from '../../sweep/sweep-definition.ts';
import { dataInvalid } from '../raw-row.ts';
import { readTextFile } from '../files/read-text-file.ts';
import { tableFormats } from '../files/table-formats.ts';
import type { Table, TableRecord } from '../files/table.ts';

/** TSV, which is the benchmark's own, before the others. */
const formats = tableFormats.toSorted((a, b) => Number(b.name === 'tsv') - Number(a.name === 'tsv'));

/** Of a split, the file of the first format that has one; Parquet may be in several parts. */
export function filesOfSplit(folder: string, split: string): readonly string[] {
  const names = readdirSync(folder).toSorted();
  for (const { extension } of formats) {
    const ends = [extension, `${extension}.gz`, `${extension}.zst`];
    const files = names.filter((name) =>
      ends.some((end) => name === `${split}${end}` || (name.startsWith(`${split}-0`) && name.endsWith(end))),
    );
    if (files.length > 0) return files.map((name) => join(folder, name));
  }
  return [];
}

/** A file of a task, in whatever format. */
export async function readGlueTable(path: string, task: GlueTask): Promise<Table> {
  const format = formatOf(path, formats) ?? formats[0];
  if (format === undefined) throw new Error('there are formats');
  const isHeadless = format.name === 'tsv' && task.header !== undefined && !beginsWithHeader(path, task);
  return format.read(path, {
    ragged: true,
    ...(isHeadless && task.header !== undefined ? { header: task.header } : {}),
  });
}

function beginsWithHeader(path: string, { text }: GlueTask): boolean {
  const [first = ''] = readTextFile(path).split(/\r?\n/, 1);
  return first.split('\t').some((cell) => text.includes(cell.trim()));
}

interface TextColumns {
  readonly text: string;
  readonly textPair: string | null;
}

/** Where a file has the texts. @throws DATA_INVALID where it has none of their names */
export function textColumns(path: string, table: Table, source: Pick<GlueSource, 'task'>): TextColumns {
  const { text, textPair } = glueTasks[source.task];
  const column = (candidates: readonly string[]) =>
    columnIn(candidates, table) ?? notInLayout(path, table, source, candidates);
  return { text: column(text), textPair: textPair === undefined ? null : column(textPair) };
}

export function columnIn(candidates: readonly string[], { columns }: Table): string | undefined {
  return candidates.find((name) => columns.includes(name));
}

export function notInLayout(
  path: string,
  { columns }: Table,
  { task }: Pick<GlueSource, 'task'>,
  candidates: readonly string[],
): never {
  throw dataInvalid(path, `the file is not in the layout of ${task}`, {
    got: columns.join(', '),
    expected: `a column ${candidates.join(' or ')}`,
    fix: `point task.data.folder at GLUE's ${task} folder; or, of other files, name their columns instead of glue`,
  });
}

export function textCells({ cells }: TableRecord, { text, textPair }: TextColumns): Readonly<Record<string, unknown>> {
  return { text: cells[text], ...(textPair === null ? {} : { text_pair: cells[textPair] }) };
}
