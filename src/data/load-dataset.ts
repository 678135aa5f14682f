import { stream } from '../random/stream.ts';
import type { TaskDefinition } from '../sweep/sweep-definition.ts';
import type { LabelledRow, TaskShape } from '../sweep/vocabulary.ts';
import { dataInvalid, type RawDataset, type RawRow } from './raw-row.ts';
import { readFiles } from './read-files.ts';
import { readMrpc } from './read-mrpc.ts';
import { splitSpamAssassin } from './split-spam-assassin.ts';

/** A task's labelled rows, in the order that they will be frozen in. */
export interface LoadedDataset {
  readonly task: TaskShape;
  readonly train: readonly LabelledRow[];
  readonly dev: readonly LabelledRow[];
  /** null where the source has no labelled test rows. */
  readonly test: readonly LabelledRow[] | null;
}

/**
 * Reads, subsamples and labels a task's rows. The same definition and files give the same rows: a smaller subset is
 * the beginning of a larger one, drawn by `split_seed`.
 * @throws DropsweepError DATA_INVALID with file:line, what was there and what was expected
 */
export function loadDataset(definition: TaskDefinition): LoadedDataset {
  const raw = readRaw(definition);
  const task = shapeOf(definition, raw);
  const label = labeller(task);
  return {
    task,
    train: subsample(definition, 'train', raw.train).map(label),
    dev: subsample(definition, 'dev', raw.dev).map(label),
    test: raw.test === null ? null : subsample(definition, 'test', raw.test).map(label),
  };
}

function readRaw(definition: TaskDefinition): RawDataset {
  const { data } = definition;
  if (data.kind === 'files') return readFiles(data);
  return data.kind === 'glue' ? readMrpc(data.folder) : splitSpamAssassin(definition);
}

function shapeOf(definition: TaskDefinition, raw: RawDataset): TaskShape {
  if (definition.kind === 'text-regression') return { kind: 'regression', label_names: [] };
  const names = definition.labels ?? raw.labels ?? [...new Set(raw.train.map((row) => row.label))].sort();
  if (names.length >= 2) return { kind: 'classification', label_names: names };
  throw dataInvalid(raw.train[0]?.where ?? 'task', 'the train rows hold fewer than two classes', {
    got: names.join(', '),
    expected: 'at least two label names',
    fix: 'check task.data.label, or use text-regression for numbers',
  });
}

function labeller(task: TaskShape): (row: RawRow) => LabelledRow {
  const indices = new Map(task.label_names.map((name, index) => [name, index]));
  return (row) => {
    const label = task.kind === 'regression' ? Number(row.label) : indices.get(row.label);
    if (label === undefined) {
      throw dataInvalid(row.where, 'a row has an unknown label', {
        got: row.label,
        expected: `one of ${task.label_names.join(', ')}`,
        fix: 'correct the row, or list every label in task.labels',
      });
    }
    if (!Number.isFinite(label)) {
      throw dataInvalid(row.where, 'a target is not a number', { got: row.label, expected: 'a finite number' });
    }
    return row.text_pair === undefined
      ? { text: row.text, label }
      : { text: row.text, text_pair: row.text_pair, label };
  };
}

function subsample(definition: TaskDefinition, split: 'train' | 'dev' | 'test', rows: readonly RawRow[]): RawRow[] {
  const wanted = definition[`${split}_rows`];
  if (rows.length === 0) {
    throw dataInvalid(`task.data ${split}`, 'a split holds no rows', { got: '0 rows', expected: 'at least one row' });
  }
  if (wanted === undefined || definition.data.kind === 'package') return [...rows];
  if (wanted > rows.length) {
    throw dataInvalid(`task.${split}_rows`, 'more rows are asked for than there are', {
      got: `${wanted} rows`,
      expected: `at most ${rows.length} rows`,
      fix: `lower task.${split}_rows or leave it out`,
    });
  }
  const order = stream(definition.split_seed, 'split', split).permutation(rows.length);
  return Array.from(order.subarray(0, wanted), (index) => rows[index]).filter((row) => row !== undefined);
}
