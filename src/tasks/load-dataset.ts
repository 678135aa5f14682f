import { openTokenizer } from '../data/tokens/open-tokenizer.ts';
import type { RawRow } from '../data/raw-row.ts';
import { readDataset } from '../data/read-dataset.ts';
import type { SetDefinition, TaskDefinition } from '../sweep/sweep-definition.ts';
import type { FrozenRow, TaskShape } from '../sweep/vocabulary.ts';
import { leaveOut } from './leave-out.ts';
import { named } from './row-name.ts';
import { formatsOf, taskOf } from './tasks.ts';

/** A task's rows, in the order that they will be frozen in. */
export interface LoadedDataset {
  readonly task: TaskShape;
  readonly train: readonly FrozenRow[];
  readonly dev: readonly FrozenRow[];
  /** null where the source has no labelled test rows. */
  readonly test: readonly FrozenRow[] | null;
  /** Notes on what was done about rows of the source, in sentences. */
  readonly notes: readonly string[];
  /** file:line of each row, for errors; absent: not known. */
  readonly places?: Readonly<Record<'train' | 'dev' | 'test', readonly string[]>>;
}

/**
 * Reads, subsamples and labels a task's rows. The same definition and files give the same rows: a smaller subset is
 * the beginning of a larger one, drawn by `split_seed`.
 * @throws DropsweepError DATA_INVALID with file:line, what was there and what was expected
 */
export async function loadDataset(definition: TaskDefinition): Promise<LoadedDataset> {
  const { rows, recordedAs } = taskOf(definition);
  const read = await readDataset(definition, formatsOf(definition), (raw) => leaveOut(raw, rows.leftOut));
  const { all } = read;
  const task = { kind: recordedAs, ...rows.shape(definition, all) };
  const freeze = (row: RawRow) => named(rows.freeze(row, task, all), row);
  const [train, dev, test] = [read.drawn('train'), read.drawn('dev'), all.test === null ? [] : read.drawn('test')];
  return {
    task,
    train: train.map(freeze),
    dev: dev.map(freeze),
    test: all.test === null ? null : test.map(freeze),
    notes: all.notes ?? [],
    places: { train: train.map(placeOf), dev: dev.map(placeOf), test: test.map(placeOf) },
  };
}

const placeOf = ({ where }: RawRow): string => where;

/** The rows of a further set. */
export interface LoadedSet {
  readonly task: TaskShape;
  readonly rows: readonly FrozenRow[];
  /** Notes on what was done about rows of the source, in sentences. */
  readonly notes: readonly string[];
  /** file:line of each row, for errors; absent: not known. */
  readonly places?: readonly string[];
}

/**
 * As loadDataset, of a further set.
 * @param shape the sweep's task, whose classes its rows are read by where it has no task of its own
 * @throws DropsweepError DATA_INVALID
 */
export async function loadSet(
  { task: definition, own_task: own }: SetDefinition,
  shape: TaskShape,
): Promise<LoadedSet> {
  const { rows, recordedAs } = taskOf(definition);
  const read = await readDataset(definition, formatsOf(definition), (raw) => leaveOut(raw, rows.leftOut));
  const { all } = read;
  const task = own ? { kind: recordedAs, ...rows.shape(definition, all) } : shape;
  const dev = read.drawn('dev');
  return {
    task,
    rows: dev.map((row) => named(rows.freeze(row, task, all), row)),
    notes: all.notes ?? [],
    places: dev.map(placeOf),
  };
}

/**
 * Rows with what the base's tokenizer settles of its task; as it is where no base is there to look at.
 * @param place the base's folder or ONNX file, or empty
 * @throws MODEL_UNSUPPORTED where the tokenizer lacks what the task needs
 */
export async function settledBy<Rows extends { readonly task: TaskShape }>(loaded: Rows, place: string): Promise<Rows> {
  const { settle } = taskOf(loaded.task);
  if (settle === undefined || place === '') return loaded;
  return { ...loaded, task: await settle(loaded.task, openTokenizer(place)) };
}
