import { type RawBuilder, sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import { type ColumnLevels, readColumnLevels } from '../trials/column-levels.ts';
import { look, type Store } from '../../database/open-store.ts';
import { setting } from '../trials/sweep-trials.ts';
import type { FilterColumn, FilterValue } from '../trials/trial-filter.ts';
import { columnJson, columnNumber, onChosenRows, readTrialsOf, trialsFrom, nth } from '../trials/trial-values.ts';

/** Differences of a score between a field's value and its first, over trials that differ in nothing else. */
export interface PairedDifference {
  readonly value: FilterValue;
  /** Of each seed that all pairs have, the mean over these. */
  readonly bySeed: readonly number[];
  readonly pairs: number;
}

export interface PairedField {
  readonly field: FilterColumn;
  readonly levels: ColumnLevels;
  /** Of the values after the first that have a pair. */
  readonly differences: readonly PairedDifference[];
}

/** By field; of one with many values, which are no levels by themselves, there are none. */
export function readPairedDifferences(
  store: Store,
  sweepId: string,
  { score, fields }: { readonly score: FilterColumn; readonly fields: readonly FilterColumn[] },
): Promise<readonly PairedField[]> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await readTrialsOf(tx, sweepId);
    const levels = await readColumnLevels(tx, sweep, fields);
    const read = fields.map((field, index) => sql`${columnJson(field, sweep)} as ${nth(index)}`);
    const wanted = fields.flatMap((_, index) => {
      const own = levels[index];
      const first = own?.kind === 'each' && own.values.length > 1 ? own.values[0] : undefined;
      return first === undefined ? [] : [pairsOf(fields, index, first)];
    });
    const differences = fields.map((): PairedDifference[] => []);
    if (wanted.length > 0) {
      const { rows } = await sql<PairedDifference & { readonly field: number }>`
        with v as materialized (
          select ${setting('seed')} as seed, ${columnNumber(score, sweep)} as y, ${evaluatedBy}, ${sql.join(read)} ${trialsFrom(sweep)} ${onChosenRows(sweep.definition)}),
        seeds as (${sql.join(wanted, sql` union all `)}),
        most as (select *, max(pairs) over (partition by field, value) as most from seeds)
        select field, value, array_agg(difference order by seed) as "bySeed", max(pairs)::integer as pairs
        from most where pairs = most group by field, value`.execute(tx);
      for (const { field, ...difference } of rows) differences[field]?.push(difference);
    }
    return fields.map((field, index) => ({
      field,
      levels: levels[index] ?? { kind: 'each', values: [] },
      differences: differences[index] ?? [],
    }));
  });
}

/** Of one field, by value and seed: trials that differ from one with its first value in nothing else. */
function pairsOf(fields: readonly FilterColumn[], index: number, first: FilterValue): RawBuilder<unknown> {
  const isMembers = fields[index]?.of === 'evaluation';
  const same = fields.flatMap(({ of }, other) =>
    other === index || of === 'evaluation' ? [] : [sql`a.${nth(other)} = b.${nth(other)}`],
  );
  const alike = [
    sql`a.mode = b.mode and a.rate is not distinct from b.rate and a.mask_seed = b.mask_seed`,
    sql`(a.members = 1 or b.members = 1 or a.aggregate = b.aggregate)`,
    ...(isMembers ? [] : [sql`a.members = b.members`]),
  ];
  return sql`select ${index}::integer as field, b.${nth(index)} as value, b.seed, avg(b.y - a.y) as difference, count(*) as pairs
    from v a join v b on ${sql.join([sql`a.seed = b.seed`, sql`a.split = b.split`, ...same], sql` and `)}
    where a.${nth(index)} = ${JSON.stringify(first)}::jsonb and b.${nth(index)} <> ${JSON.stringify(first)}::jsonb
      and a.y is not null and b.y is not null
      and ((a.plain and b.as_trained) or (b.plain and a.as_trained) or (${sql.join(alike, sql` and `)}))
    group by 1, 2, 3`;
}

const written = (name: string): RawBuilder<number> => sql<number>`coalesce(${setting(name)}, 0)`;
const rateOf = sql`(e.configuration ->> 'dropout_rate')::double precision`;

/**
 * Whether nothing was dropped in a trial, or at its training's own rate, and what else two evaluations may differ in. Test
 * rates differ where any evaluation has another than its training. As src/report/comparing/paired-configurations.ts pairs.
 */
const evaluatedBy = sql`
  e.configuration ->> 'mode' = 'raw' and not (${written('dropout_rate')} > 0 or ${written('lora_dropout')} > 0
    or ${written('hidden_dropout')} > 0) as plain,
  e.configuration ->> 'mode' = 'raw' or ${rateOf} = ${setting('dropout_rate')} as as_trained,
  coalesce(e.configuration ->> 'split', '') as split, coalesce(e.configuration ->> 'mode', '') as mode,
  coalesce(e.configuration -> 'mask_seed', 'null') as mask_seed,
  case when bool_or(e.configuration ->> 'mode' <> 'raw' and ${rateOf} <> ${setting('dropout_rate')}) over ()
    then ${rateOf} end as rate,
  coalesce((e.configuration ->> 'ensemble_size')::integer, 1) as members, e.configuration ->> 'aggregate' as aggregate`;
