import { formatCount } from '../base/format-count.ts';
import { stream } from '../random/stream.ts';
import type { TaskDefinition } from '../sweep/sweep-definition.ts';
import { dataInvalid, demandStorable, type RawDataset, type RawRow } from './raw-row.ts';
import { readFiles } from './files/read-files.ts';
import { readGlue } from './benchmarks/read-glue.ts';
import { splitSpamAssassin } from './benchmarks/split-spam-assassin.ts';
import type { TableFormat } from './files/table.ts';

type Split = 'train' | 'dev' | 'test';

export interface ReadDataset {
  readonly all: RawDataset;
  /** The rows of a split that the definition asks for, in their order. */
  drawn(split: Split): readonly RawRow[];
}

/**
 * Reads a task's source, and draws the rows that are wanted of it by `split_seed`.
 * @param formats that the task's rows may come in
 * @param kept what is taken of the source; absent: all
 * @throws DropsweepError DATA_INVALID with file:line, what was there and what was expected
 */
export async function readDataset(
  definition: TaskDefinition,
  formats: readonly TableFormat[],
  kept: (raw: RawDataset) => RawDataset = (raw) => raw,
): Promise<ReadDataset> {
  const all = kept(await readRaw(definition, formats));
  for (const split of [all.train, all.dev, all.test ?? [], all.examples ?? []])
    for (const row of split) demandStorable(row);
  return { all, drawn: (split) => subsample(definition, split, all[split] ?? []) };
}

async function readRaw(definition: TaskDefinition, formats: readonly TableFormat[]): Promise<RawDataset> {
  const { data } = definition;
  if (data.kind === 'hub') throw new Error('the rows of a data set on the hub have not been fetched');
  if (data.kind === 'none') throw new Error('a program’s sweep has no rows of ours');
  if (data.kind === 'files') return readFiles(data, formats);
  return data.kind === 'glue' ? readGlue(data) : splitSpamAssassin(definition);
}

function subsample(definition: TaskDefinition, split: Split, rows: readonly RawRow[]): RawRow[] {
  const wanted = definition[`${split}_rows`];
  if (rows.length === 0) {
    throw dataInvalid(`task.data ${split}`, 'a split holds no rows', {
      got: '0 rows',
      expected: 'at least one row',
      fix: 'name a file that has rows',
    });
  }
  if (wanted === undefined || definition.data.kind === 'package') return [...rows];
  if (wanted > rows.length) {
    throw dataInvalid(`task.${split}_rows`, 'more rows are asked for than there are', {
      got: formatCount(wanted, 'row'),
      expected: `at most ${formatCount(rows.length, 'row')}`,
      fix: `lower task.${split}_rows or leave it out`,
    });
  }
  const order = stream(definition.split_seed, 'split', split).permutation(rows.length);
  return Array.from(order.subarray(0, wanted), (index) => rows[index]).filter((row) => row !== undefined);
}
