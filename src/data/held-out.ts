import { stream } from '../random/stream.ts';
import type { HeldOut } from '../sweep/sweep-definition.ts';
import { dataInvalid, type RawRow } from './raw-row.ts';

/**
 * Parts rows into train and dev, each in the order of the file. Which rows are dev depends on the seed and on how many
 * rows there are (with `stratify`, of each class) alone.
 * @throws DATA_INVALID where a part would hold no rows
 */
export function heldOut(
  rows: readonly RawRow[],
  { fraction, stratify, seed }: HeldOut,
): { readonly train: readonly RawRow[]; readonly dev: readonly RawRow[] } {
  const groups = new Map<string, number[]>();
  for (const [index, { cells }] of rows.entries()) {
    const name = stratify ? String(cells['label']) : '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [index]);
    else group.push(index);
  }
  const dev = new Set<number>();
  for (const [name, group] of groups) {
    const order = stream(seed, 'held-out', name).permutation(group.length);
    for (const position of order.subarray(0, Math.round(fraction * group.length))) {
      const index = group[position];
      if (index !== undefined) dev.add(index);
    }
  }
  if (dev.size === 0 || dev.size === rows.length) {
    throw dataInvalid('task.data.dev', 'a part of the rows holds none', {
      got: `${dev.size} dev and ${rows.length - dev.size} train rows of ${rows.length}`,
      expected: 'rows in both',
      fix: 'change task.data.dev.fraction, or give dev a file of its own',
    });
  }
  return { train: rows.filter((_, index) => !dev.has(index)), dev: rows.filter((_, index) => dev.has(index)) };
}
