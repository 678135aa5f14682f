import { readFileSync } from 'node:fs';
import type { SpacePoint } from '../../src/search/sampler.ts';

/** A grid that was trained whole: see record-table.ts. */
export interface RecordedTable {
  /** Values of each axis. */
  readonly axes: Readonly<Record<string, readonly (number | string)[]>>;
  readonly columns: readonly string[];
  /** Index of each axis' value, then dev loss (null: it diverged) and dev accuracy. */
  readonly rows: readonly (readonly (number | null)[])[];
}

/** Of N where nothing is dropped: all are one training, which stands under the first. */
const withoutEffect = 'train_instances';

/**
 * How far a point's dev loss is above the least of the table. One that diverged is as far off as the worst.
 * @throws RangeError where the point is none of the grid's
 */
export function tableRegret({ axes, rows }: RecordedTable): (point: SpacePoint) => number {
  const names = Object.keys(axes);
  const losses = new Map(rows.map((row) => [row.slice(0, names.length).join(' '), row[names.length] ?? null]));
  const finite = [...losses.values()].filter((loss) => loss !== null);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return (point) => {
    const place = names.map((name) => axes[name]?.indexOf(point[name] ?? Number.NaN) ?? -1);
    const merged = place.map((index, axis) => (names[axis] === withoutEffect ? 0 : index));
    const loss = losses.get(place.join(' ')) ?? losses.get(merged.join(' '));
    if (loss === undefined) throw new RangeError(`the table has no point ${JSON.stringify(point)}`);
    return (loss ?? most) - least;
  };
}

export function readTable(file: string): RecordedTable {
  const table: RecordedTable = JSON.parse(readFileSync(file, 'utf8'));
  return table;
}
