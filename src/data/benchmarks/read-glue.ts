import { formatCount } from '../../base/format-count.ts';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type GlueTask, glueLabelColumns, glueTasks } from '../../sweep/glue-tasks.ts';
import type { GlueSource, Places } from '../../sweep/sweep-definition.ts';
import { filesOf } from '../files/files-of.ts';
import { heldOut } from '../held-out.ts';
import { dataInvalid, type RawDataset, type RawRow } from '../raw-row.ts';
import { columnIn, filesOfSplit, notInLayout, readGlueTable, textCells, textColumns } from './glue-tables.ts';

/** Rows that a benchmark's file leaves without what is needed of them, by why. */
interface Lacking {
  cells: number;
  goldLabel: number;
}

/**
 * Rows of a task of GLUE: the official TSV files, which are split on tabs without quoting, may open with a byte-order mark
 * and have ragged lines; the hub's Parquet files; or JSON. Rows without all their cells, or without a gold label (`-`),
 * are left out and counted, as others do; a text may be blank. Test rows are read where the source names them.
 * @throws DropsweepError DATA_INVALID with file:line
 */
export async function readGlue(source: GlueSource): Promise<RawDataset> {
  const task = glueTasks[source.task];
  const lacking: Lacking = { cells: 0, goldLabel: 0 };
  const read = (places: Places) => readLabelled(source, places, lacking);
  const trainPlaces = source.train ?? task.train;
  const whole = trainPlaces === undefined ? [] : await read(trainPlaces);
  const devPlaces = source.dev ?? task.dev;
  if (devPlaces === undefined) throw new Error(`${source.task} has no dev rows`);
  const { train, dev } =
    typeof devPlaces === 'object' && 'fraction' in devPlaces
      ? heldOut(whole, devPlaces)
      : { train: whole, dev: isDeepStrictEqual(devPlaces, trainPlaces) ? whole : await read(devPlaces) };
  const test = source.test === undefined ? null : await read(source.test);
  return {
    train,
    dev,
    test,
    ...(task.labels === null ? {} : { labels: task.labels }),
    notes: notesOf(lacking),
  };
}

function folderOf({ task, folder }: GlueSource): string {
  if (folder === undefined) throw new Error(`the rows of ${task} on the hub have not been fetched`);
  return folder;
}

async function readLabelled(source: GlueSource, places: Places, lacking: Lacking): Promise<RawRow[]> {
  const task = glueTasks[source.task];
  const rows: RawRow[] = [];
  for (const path of placesOf(source, places)) {
    const table = await readGlueTable(path, task);
    const columns = textColumns(path, table, source);
    const label = columnIn(glueLabelColumns, table) ?? notInLayout(path, table, source, glueLabelColumns);
    for (const record of table.records) {
      const cells = { ...textCells(record, columns), label: record.cells[label] };
      if (Object.values(cells).includes(undefined)) lacking.cells += 1;
      else if (cells.label === '-') lacking.goldLabel += 1;
      else
        rows.push({
          cells: { ...cells, label: labelOf(task, cells.label, record.where) },
          where: record.where,
          mayBeBlank: true,
        });
    }
  }
  return rows;
}

/** Files by their names in the folder, with their extension or without it, or by their paths. */
function placesOf(source: GlueSource, places: Places): readonly string[] {
  const folder = folderOf(source);
  return (typeof places === 'string' ? [places] : places).flatMap((place) => {
    const path = resolve(folder, place);
    if (existsSync(path) || /[*?[{]/.test(place)) return filesOf(path);
    const files = filesOfSplit(folder, place);
    if (files.length > 0) return files;
    const there = readdirSync(folder).toSorted();
    throw dataInvalid(folder, `there is no file of ${place} rows`, {
      got: there.length === 0 ? 'an empty folder' : there.slice(0, 12).join(', '),
      expected: `${place}.tsv, .jsonl, .json or .parquet`,
      fix: `point task.data.folder at GLUE's ${source.task} folder, or name its files in task.data.train and dev`,
    });
  });
}

/** The name of a class where it stands, or of its number; a number where the labels are numbers. */
function labelOf({ labels }: GlueTask, value: unknown, where: string): unknown {
  if (labels === null) return value;
  const text = String(value).trim();
  const named = /^\d+$/.test(text) ? labels[Number(text)] : labels.find((name) => name === text);
  if (named !== undefined) return named;
  if (text === '-1') {
    throw dataInvalid(where, 'a row has no label', {
      got: text,
      expected: 'rows whose labels are public',
      fix: 'use dev: the labels of test rows are the benchmark’s own',
    });
  }
  throw dataInvalid(where, 'a row has an unknown label', {
    got: text,
    expected: `one of ${labels.join(', ')}, or 0 to ${labels.length - 1}`,
    fix: 'correct the row, or point task.data.folder at the files of that task',
  });
}

function notesOf({ cells, goldLabel }: Lacking): readonly string[] {
  return [
    ...(cells === 0 ? [] : [`${formatCount(cells, 'row lacks', 'rows lack')} a cell and ${areLeftOut(cells)}`]),
    ...(goldLabel === 0
      ? []
      : [`${formatCount(goldLabel, 'row has', 'rows have')} no gold label (-) and ${areLeftOut(goldLabel)}`]),
  ];
}

function areLeftOut(rows: number): string {
  return rows === 1 ? 'is left out' : 'are left out';
}
