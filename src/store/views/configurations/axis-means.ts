import { sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import { type ColumnLevels, placeAmong, readColumnLevels } from '../trials/column-levels.ts';
import { look, type Store } from '../../database/open-store.ts';
import type { FilterColumn, TrialFilter } from '../trials/trial-filter.ts';
import { chosenFrom, columnJson, columnNumber, nth, readTrialsOf } from '../trials/trial-values.ts';

/** Mean of a score over some trials. */
export interface MeanParts {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); null for one value. */
  readonly deviation: number | null;
}

/** A score at one level of each of some fields. */
export interface LevelMean extends MeanParts {
  /** Place of each field among those asked for, ascending: one or two. */
  readonly fields: readonly number[];
  /** Of each of these the level's place; −1: none of its levels. */
  readonly places: readonly number[];
}

/** A score over the trials of a sweep, by the levels of each field and of each two of them. */
export interface AxisMeans {
  readonly scored: MeanParts | null;
  /** By field. */
  readonly levels: readonly ColumnLevels[];
  readonly means: readonly LevelMean[];
}

export interface AxesAsked {
  readonly score: FilterColumn;
  readonly fields: readonly FilterColumn[];
  /** Which trials are looked at; absent: all. */
  readonly filter?: TrialFilter;
}

/** The score's means, folded where the trials are: what comes back is as large as the levels are many. */
export function readAxisMeans(store: Store, sweepId: string, { score, fields, filter }: AxesAsked): Promise<AxisMeans> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await readTrialsOf(tx, sweepId);
    const levels = await readColumnLevels(tx, sweep, fields);
    const places = fields.map((field, index) => {
      const own = levels[index];
      if (own === undefined) throw new RangeError('a field without levels');
      return sql`${placeAmong(columnJson(field, sweep), own)} as ${nth(index)}`;
    });
    const sets = fields.flatMap((_, one) => [
      sql`(${nth(one)})`,
      ...fields.slice(one + 1).map((_other, after) => sql`(${nth(one)}, ${nth(one + 1 + after)})`),
    ]);
    const found = fields.map((_, index) => sql`case when grouping(${nth(index)}) = 0 then ${nth(index)} end`);
    const at = fields.length === 0 ? sql`null::integer` : sql.join(found);
    const { rows } = await sql<MeanParts & { readonly at: readonly (number | null)[] }>`
      with s as materialized (select ${columnNumber(score, sweep)} as y${sql.join([sql``, ...places])} ${chosenFrom(sweep, filter)})
      select array[${at}] as at, count(*)::integer as count, avg(y) as mean, stddev_samp(y) as deviation
      from s where y is not null group by grouping sets (${sql.join([sql`()`, ...sets])})`.execute(tx);
    const means = rows.map(({ at: all, ...parts }): LevelMean => {
      const own = all.flatMap((place, field) => (place === null ? [] : [{ field, place }]));
      return { ...parts, fields: own.map(({ field }) => field), places: own.map(({ place }) => place) };
    });
    const whole = means.find((mean) => mean.fields.length === 0 && mean.count > 0);
    return { scored: whole ?? null, levels, means: means.filter((mean) => mean.fields.length > 0) };
  });
}
