import { formatCount } from '../../base/format-count.ts';
import type { Progress } from '../../base/progress.ts';
import { type ModelTokenizer, openTokenizer } from '../../data/tokens/open-tokenizer.ts';
import type { FrozenRow, TaskShape } from '../../sweep/vocabulary.ts';
import { alikeNames, spelled } from '../../tasks/alike-names.ts';
import type { LoadedDataset } from '../../tasks/load-dataset.ts';
import { taskOf } from '../../tasks/tasks.ts';
import { rowPlaces } from './row-places.ts';
import { tokenising } from './tokenising.ts';

/** A description of a task's rows, for people. */
export interface DataReport {
  readonly task: TaskShape;
  readonly splits: readonly SplitReport[];
  /** The further sets of evaluation.sets, each with its own task where it has one. */
  readonly sets: readonly SetReport[];
  /** Dev and test rows whose content stands among the train rows too. */
  readonly overlaps: readonly { readonly split: string; readonly rows: number; readonly of: number }[];
  readonly warnings: readonly string[];
  /** Train rows as the model will see them; without its tokenizer, their texts. */
  readonly examples: readonly string[];
  readonly maxLength: number;
}

interface SplitReport {
  readonly name: string;
  readonly rows: number;
  /** Rows whose content an earlier row has. */
  readonly duplicates: number;
  /** Rows with a text that has nothing to be seen. */
  readonly empty: number;
  /** Rows, or words, of each label name; null: the task has none. */
  readonly classes: readonly number[] | null;
  /** Tokens of each row before any is cut, ascending; null where they were not measured. */
  readonly lengths: readonly number[] | null;
}

interface SetReport extends SplitReport {
  readonly task: TaskShape;
  /** Tokens of an input there at most. */
  readonly maxLength: number;
}

/** A further set that is described beside the splits. */
export interface DescribedSet {
  readonly name: string;
  readonly task: TaskShape;
  readonly rows: readonly FrozenRow[];
  /** Notes on what was done about rows of its source, in sentences. */
  readonly notes: readonly string[];
  /** Absent: as the train rows. */
  readonly maxLength?: number;
  /** file:line of each row, for errors; absent: not known. */
  readonly places?: readonly string[];
}

/** Longer than any row: what is encoded at this length is not cut. */
const uncut = 2 ** 20;
const examplesShown = 3;

interface DescribeRequest {
  /** Of the base, for its tokenizer; empty where it is not on this machine. */
  readonly place: string;
  readonly maxLength: number;
  /** Whether every row is tokenised for its length. */
  readonly measured: boolean;
  readonly sets?: readonly DescribedSet[];
  readonly progress?: Progress;
}

export async function describeData(
  dataset: LoadedDataset,
  { place, maxLength, measured, sets = [], progress }: DescribeRequest,
): Promise<DataReport> {
  const { task, train, dev, test, places } = dataset;
  const { rows: taskRows } = taskOf(task);
  const tokenizer = place === '' ? null : openTokenizer(place);
  const contentsOf = (rows: readonly FrozenRow[]) => rows.map((row) => taskRows.content(row));
  const trained = new Set(contentsOf(train));
  const held = [
    { name: 'dev', rows: dev, places: places?.dev },
    ...(test === null ? [] : [{ name: 'test', rows: test, places: places?.test }]),
  ];
  const measuring = measured && tokenizer !== null ? { tokenizer, progress } : null;
  const splits: SplitReport[] = [];
  for (const split of [{ name: 'train', rows: train, places: places?.train }, ...held])
    splits.push(await describeRows(task, split, measuring));
  const reports: SetReport[] = [];
  for (const { name, task: own, rows, places: ownPlaces, maxLength: length = maxLength } of sets) {
    const set = { name: `set ${name}`, rows, places: ownPlaces };
    reports.push({ ...(await describeRows(own, set, measuring)), task: own, maxLength: length });
  }
  const same = sets.filter((set) => set.task.kind === task.kind);
  const overlaps = [...held, ...same.map(({ name, rows }) => ({ name: `set ${name}`, rows }))].map(
    ({ name, rows }) => ({
      split: name,
      rows: contentsOf(rows).filter((content) => trained.has(content)).length,
      of: rows.length,
    }),
  );
  const own = [{ name: 'train', rows: train }, ...held].map((split) => ({ ...split, task }));
  const oddities = [...own, ...sets.map((set) => ({ ...set, name: `set ${set.name}` }))].flatMap((split) =>
    (taskOf(split.task).rows.oddities?.(split.rows, split.task) ?? []).map((odd) => `${split.name}: ${odd}`),
  );
  return {
    task,
    splits,
    sets: reports,
    overlaps,
    warnings: [...dataset.notes, ...notesOf(sets), ...oddities, ...warningsOf(task, splits, overlaps)],
    examples: await examplesOf(task, tokenizer, dataset, maxLength),
    maxLength,
  };
}

/** Of further sets, each by its name. */
function notesOf(sets: readonly DescribedSet[]): readonly string[] {
  return sets.flatMap(({ name, notes }) => notes.map((note) => `set ${name}: ${note}`));
}

interface PlacedRows {
  readonly name: string;
  readonly rows: readonly FrozenRow[];
  readonly places: readonly string[] | undefined;
}

interface Measuring {
  readonly tokenizer: ModelTokenizer;
  readonly progress: Progress | undefined;
}

async function describeRows(task: TaskShape, split: PlacedRows, measuring: Measuring | null): Promise<SplitReport> {
  const { rows: taskRows } = taskOf(task);
  const { name, rows } = split;
  return {
    name,
    rows: rows.length,
    duplicates: rows.length - new Set(rows.map((row) => taskRows.content(row))).size,
    empty: rows.filter((row) => taskRows.isEmpty?.(row) === true).length,
    classes: classesOf(task, rows),
    lengths: measuring === null ? null : await lengthsOf(task, measuring, split),
  };
}

function classesOf(task: TaskShape, rows: readonly FrozenRow[]): readonly number[] | null {
  const { rows: taskRows } = taskOf(task);
  if (taskRows.labels === undefined) return null;
  const counts = task.label_names.map(() => 0);
  for (const row of rows) for (const label of taskRows.labels(row)) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

async function lengthsOf(
  task: TaskShape,
  { tokenizer, progress }: Measuring,
  { name, rows, places }: PlacedRows,
): Promise<number[]> {
  const placeOf = rowPlaces(name, places);
  const tokenised = tokenising(progress, name);
  const request = { shape: task, ...tokenizer, maxLength: uncut, placeOf, tokenised };
  const { inputs } = await taskOf(task).encode(rows, request);
  return inputs.map(({ ids }) => ids.length).sort((a, b) => a - b);
}

async function examplesOf(
  task: TaskShape,
  tokenizer: ModelTokenizer | null,
  { train, places }: Pick<LoadedDataset, 'train' | 'places'>,
  maxLength: number,
): Promise<readonly string[]> {
  const kind = taskOf(task);
  const rows = train.slice(0, examplesShown);
  const { rows: taskRows } = kind;
  if (tokenizer === null) return rows.map((row) => shortened(`${taskRows.content(row)}${labelText(task, row)}`));
  const placeOf = rowPlaces('train', places?.train);
  const { inputs } = await kind.encode(rows, { shape: task, ...tokenizer, maxLength, placeOf });
  return rows.map((row, index) => {
    const ids = inputs.find((input) => input.row === index)?.ids ?? [];
    const words = Array.from(ids, (id) => tokenizer.tokenizer.idToToken(id) ?? `#${id}`).join(' ');
    return `${shortened(words)}${labelText(task, row)}`;
  });
}

function labelText(task: TaskShape, row: FrozenRow): string {
  const labels = taskOf(task).rows.labels?.(row);
  if (labels !== undefined) return ` → ${labels.map((label) => task.label_names[label]).join(' ') || 'no label'}`;
  const target = taskOf(task).rows.target?.(row);
  return target === undefined ? '' : ` → ${target}`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function warningsOf(
  { label_names: names }: TaskShape,
  [train]: readonly SplitReport[],
  overlaps: DataReport['overlaps'],
): readonly string[] {
  const counts = train?.classes ?? [];
  const once = names.filter((_, label) => counts[label] === 1);
  const unseen = names.filter((_, label) => counts[label] === 0);
  const allDiffer = names.length > 2 && names.length === train?.rows && once.length === names.length;
  return [
    ...(allDiffer
      ? [`each of the ${names.length} train rows has a class of its own: is task.data.label the right column?`]
      : once.length === 0
        ? []
        : [`classes with one train row: ${listed(once)}`]),
    ...(unseen.length === 0 ? [] : [`classes without train rows: ${listed(unseen)}`]),
    ...alikeNames(names).map((alike) => `classes that look alike: ${alike.map(spelled).join(', ')}`),
    ...overlaps
      .filter(({ rows }) => rows > 0)
      .map(({ split, rows, of }) => `${rows} of ${of} ${split} rows (${percent(rows, of)}) are train rows too`),
  ];
}

/** The lines that stand before a launch. */
export function shortReport(report: DataReport): readonly string[] {
  const { task, splits, warnings, examples } = report;
  const counts = splits[0]?.classes;
  return [
    ...(counts === null || counts === undefined
      ? []
      : [
          `classes in the order of the logits: ${listed(task.label_names.map((name, i) => `${shortened(name)} (${counts[i]})`))}`,
        ]),
    ...(examples[0] === undefined ? [] : [`the first row: ${examples[0]}`]),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

/** All of it. */
export function fullReport(report: DataReport): readonly string[] {
  const { task, splits, sets, overlaps, warnings, examples, maxLength } = report;
  return [
    `task: ${taskOf(task).section.kind}`,
    ...splits.flatMap((split) => rowLines(split, task, maxLength)),
    ...sets.flatMap((set) => [
      ...rowLines(set, set.task, set.maxLength),
      ...(set.task.kind === task.kind ? [] : [`  task: ${taskOf(set.task).section.kind}`]),
    ]),
    ...overlaps.map(
      ({ split, rows, of }) => `${rows} of ${of} ${split} rows are train rows too (${percent(rows, of)})`,
    ),
    ...(splits[0]?.lengths === null ? ['tokens: not known before the base model is on this machine'] : []),
    'as the model will see them:',
    ...examples.map((example) => `  ${example}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function rowLines(
  { name, rows, duplicates, empty, classes, lengths }: SplitReport,
  task: TaskShape,
  maxLength: number,
): readonly string[] {
  return [
    `${name}: ${formatCount(rows, 'row')}, ${duplicates} of them repeat an earlier one, ${empty === 0 ? 'none' : empty} without text`,
    ...(lengths === null ? [] : [`  tokens: ${lengthText(task, lengths, maxLength)}`]),
    ...(classes === null ? [] : classLines(task.label_names, classes)),
  ];
}

function classLines(names: readonly string[], counts: readonly number[]): readonly string[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const lines = names.map(
    (name, label) => `  ${label} ${shortened(name)}: ${counts[label] ?? 0} (${percent(counts[label] ?? 0, all)})`,
  );
  return lines.length <= 50 ? lines : [...lines.slice(0, 50), `  and ${formatCount(lines.length - 50, 'other')}`];
}

function lengthText(task: TaskShape, lengths: readonly number[], maxLength: number): string {
  const at = (share: number) => lengths[Math.floor(share * (lengths.length - 1))] ?? 0;
  const beyond = lengths.filter((length) => length > maxLength).length;
  const how = taskOf(task).rows.inWindows === true ? 'read in windows' : 'cut';
  return `${at(0)} to ${at(1)}, half of them at most ${at(0.5)}, 95 % at most ${at(0.95)}; beyond max_length ${maxLength}, and so ${how}: ${percent(beyond, lengths.length)}`;
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Number(((100 * part) / whole).toPrecision(3))} %`;
}

function listed(names: readonly string[]): string {
  return names.length <= 12
    ? names.join(', ')
    : `${names.slice(0, 12).join(', ')} and ${formatCount(names.length - 12, 'other')}`;
}
