import type { RawDataset, RawRow } from '../data/raw-row.ts';

/** Rows that a task takes no example of, though nothing else is wrong with their source. */
export interface LeftOutRows {
  is(row: RawRow): boolean;
  /** How a launch tells of them. @param count at least 1 */
  note(count: number): string;
}

/**
 * A source without the rows that its task leaves out, and a note of how many there are. A split that would hold no others
 * keeps them: what is wrong with it is told of its first row.
 */
export function leaveOut(raw: RawDataset, leftOut: LeftOutRows | undefined): RawDataset {
  if (leftOut === undefined) return raw;
  // The rows of a further set are both its train and its dev rows: they count once.
  const known = new Map<readonly RawRow[], readonly RawRow[]>();
  const kept = (rows: readonly RawRow[]): readonly RawRow[] => {
    const others = known.get(rows) ?? rows.filter((row) => !leftOut.is(row));
    known.set(rows, others);
    return others.length === 0 ? rows : others;
  };
  const { train, dev, test } = raw;
  const splits = { train: kept(train), dev: kept(dev), test: test === null ? null : kept(test) };
  const count = [...known].reduce((sum, [rows, others]) => sum + rows.length - others.length, 0);
  return { ...raw, ...splits, ...(count === 0 ? {} : { notes: [...(raw.notes ?? []), leftOut.note(count)] }) };
}
