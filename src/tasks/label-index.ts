import { dataInvalid, type RawDataset, type RawRow } from '../data/raw-row.ts';
import { unknownName } from './alike-names.ts';
import { isNumeric } from './sorted-names.ts';

/** A source of labelled rows, and the names that their labels may have. */
export interface LabelSource {
  readonly raw: RawDataset;
  readonly names: readonly string[];
  /** The labels of a row, as text. @throws DATA_INVALID where it has none */
  readonly read: (row: RawRow) => readonly string[];
}

interface Stranger {
  readonly label: string;
  readonly where: string;
}

/** The first label of each source that is no place; null: all are places. */
const strangers = new WeakMap<RawDataset, Stranger | null>();

/**
 * Whether a source's labels are places in `task.labels`, as GLUE's and the hub's are: every one a whole number in range,
 * and no name a number.
 */
export function labelsArePlaces(source: LabelSource): boolean {
  return takesPlaces(source) && strangerOf(source) === null;
}

/** The number of a label among the names. @param what of it is said where it is none @throws DATA_INVALID */
export function labelIndex(label: string, { where }: RawRow, source: LabelSource, what: string): number {
  const { names } = source;
  if (isPlace(label, names) && labelsArePlaces(source)) return Number(label);
  const index = names.indexOf(label);
  if (index >= 0) return index;
  const listed = `one of ${names.join(', ')}`;
  const range = `a number from 0 to ${names.length - 1}`;
  const stranger = takesPlaces(source) && isPlace(label, names) ? strangerOf(source) : null;
  if (stranger === null) {
    const expected = takesPlaces(source) ? `${listed}; or in every row ${range}` : listed;
    throw dataInvalid(where, what, { expected, ...unknownName(label, names, 'list every label in task.labels') });
  }
  throw dataInvalid(stranger.where, what, {
    got: stranger.label,
    expected: `${range}, a place in task.labels, as ${where} has; or ${listed} in every row`,
    fix: 'correct the row, or list every label in task.labels',
  });
}

function takesPlaces({ names }: LabelSource): boolean {
  return !names.some(isNumeric);
}

function isPlace(label: string, names: readonly string[]): boolean {
  return /^(0|[1-9]\d*)$/.test(label) && Number(label) < names.length;
}

function strangerOf({ raw, names, read }: LabelSource): Stranger | null {
  const known = strangers.get(raw);
  if (known !== undefined) return known;
  const found = firstStranger([...raw.train, ...raw.dev, ...(raw.test ?? [])], names, read);
  strangers.set(raw, found);
  return found;
}

function firstStranger(rows: readonly RawRow[], names: readonly string[], read: LabelSource['read']): Stranger | null {
  for (const row of rows) {
    const label = read(row).find((each) => !isPlace(each, names));
    if (label !== undefined) return { label, where: row.where };
  }
  return null;
}
