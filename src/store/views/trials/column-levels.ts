import { type RawBuilder, sql } from 'kysely';
import { assertNever } from '../../../base/assert-never.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import type { TrialsOf } from './sweep-trials.ts';
import type { FilterColumn, FilterValue } from './trial-filter.ts';
import { columnJson, trialsFrom, nth } from './trial-values.ts';

/** Values that are told apart each by itself. */
export const levelsAtMost = 6;

/**
 * How the values of a column are told apart: each by itself while there are few; of many numbers the quarters that they
 * fall into, of many words the first, and the others together.
 */
export type ColumnLevels =
  | { readonly kind: 'each'; readonly values: readonly FilterValue[] }
  /** Up to and with each of these, ascending, and above the last. */
  | { readonly kind: 'quarters'; readonly bounds: readonly number[] }
  | { readonly kind: 'first'; readonly values: readonly FilterValue[] };

interface LevelsRecord {
  /** Not all of them where there are many. */
  readonly some: readonly FilterValue[];
  readonly bounds: readonly number[] | null;
  readonly words: readonly FilterValue[] | null;
}

/** The levels of columns over all trials of a sweep, scored or not. */
export async function readColumnLevels(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  columns: readonly FilterColumn[],
): Promise<readonly ColumnLevels[]> {
  if (columns.length === 0) return [];
  const read = columns.map((column, index) => sql`${columnJson(column, sweep)} as ${nth(index)}`);
  const { rows } = await sql<{ levels: readonly LevelsRecord[] }>`
    with v as materialized (select ${sql.join(read)} ${trialsFrom(sweep)})
    select json_build_array(${sql.join(columns.map((_, index) => levelsOf(nth(index))))}) as levels`.execute(tx);
  return (rows[0]?.levels ?? []).map(({ some, bounds, words }): ColumnLevels => {
    if (some.length <= levelsAtMost) return { kind: 'each', values: some.toSorted(compareValues) };
    if (bounds !== null) return { kind: 'quarters', bounds: [...new Set(bounds)] };
    return { kind: 'first', values: words ?? [] };
  });
}

function levelsOf(column: RawBuilder<unknown>): RawBuilder<unknown> {
  const some = sql`select distinct ${column} as c from v limit ${levelsAtMost + 1}`;
  const many = sql`(select count(*) from (${some}) d) > ${levelsAtMost}`;
  const numbers = sql`select (${column})::double precision as f from v where jsonb_typeof(${column}) = 'number'`;
  return sql`json_build_object(
    'some', (select coalesce(json_agg(c), '[]') from (${some}) d),
    'bounds', case when ${many} then (
      select case when n > 0 then json_build_array(a[1 + (n - 1) / 4], a[1 + 2 * (n - 1) / 4], a[1 + 3 * (n - 1) / 4]) end
      from (select array_agg(f order by f) as a, count(*)::integer as n from (${numbers}) f) q) end,
    'words', case when ${many} then (
      select json_agg(c) from (
        select c from (select distinct ${column} as c from v) d order by c #>> '{}' collate "C" limit ${levelsAtMost - 1}) w) end)`;
}

/** The place of a column's value among its levels, counted from 0; −1: it is of none. */
export function placeAmong(column: RawBuilder<unknown>, levels: ColumnLevels): RawBuilder<number> {
  const { kind } = levels;
  switch (kind) {
    case 'each':
    case 'first': {
      const whens = levels.values.map(
        (value, place) => sql`when ${JSON.stringify(value)}::jsonb then ${place}::integer`,
      );
      const other = kind === 'each' ? -1 : levels.values.length;
      return whens.length === 0
        ? sql`${other}::integer`
        : sql`case ${column} ${sql.join(whens, sql` `)} else ${other}::integer end`;
    }
    case 'quarters': {
      const whens = levels.bounds.map(
        (bound, place) => sql`when (${column})::double precision <= ${bound}::double precision then ${place}::integer`,
      );
      return sql`case when jsonb_typeof(${column}) <> 'number' then -1 ${sql.join(whens, sql` `)}
        else ${levels.bounds.length}::integer end`;
    }
    default:
      return assertNever(kind, 'levels of a column');
  }
}

/** Numbers by their size, all else by its text. */
export function compareValues(a: FilterValue, b: FilterValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
