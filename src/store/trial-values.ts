import { type RawBuilder, sql } from 'kysely';
import { assertNever } from '../base/assert-never.ts';
import type { Store } from './open-store.ts';
import { look } from './open-store.ts';
import { metricValue, shownState, type TrialsOf } from './sweep-trials.ts';
import type { FilterColumn, FilterValue } from './trial-filter.ts';

/** A trial's values in some columns. */
export interface TrialValues {
  readonly trial: number;
  readonly trainingId: string;
  /** The same for trials that differ in their seed alone. */
  readonly group: string;
  /** In the order of the columns; a list as its text. */
  readonly values: readonly FilterValue[];
}

/** All trials of a sweep with their values in these columns, by number. */
export function readTrialValues(
  store: Store,
  sweepId: string,
  columns: readonly FilterColumn[],
): Promise<readonly TrialValues[]> {
  return look(store, async (tx) => {
    const sweep = await tx
      .selectFrom('sweeps')
      .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
      .select(['sweeps.id', 'definition', 'constants'])
      .where('sweeps.id', '=', sweepId)
      .executeTakeFirstOrThrow();
    const values = columns.map((column) => sql`to_jsonb(${valueOf(column, sweep)})`);
    const { rows } = await sql<TrialValues>`
      select w.trial, t.id as "trainingId",
        md5(((t.specification -> 'configuration') - 'seed')::text || e.configuration::text) as "group",
        jsonb_build_array(${sql.join(values)}) as values
      from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
        join trainings t on t.id = e.training_id
        join sweep_trainings l on l.training_id = t.id and l.sweep_id = w.sweep_id
      where w.sweep_id = ${sweepId} order by w.trial`.execute(tx);
    return rows.map((row) => ({ ...row, values: row.values.map((value, index) => asNumber(columns[index], value)) }));
  });
}

function valueOf({ of, name }: FilterColumn, { constants }: TrialsOf): RawBuilder<unknown> {
  switch (of) {
    case 'metric':
      return metricValue(name, constants);
    case 'setting':
      return scalar(sql`(t.specification #> array['configuration', ${name}::text])`);
    case 'evaluation':
      return scalar(sql`(e.configuration #> array[${name}::text])`);
    case 'trial':
      return sql`w.trial`;
    case 'state':
      return shownState;
    case 'tag':
      return sql`(select array_to_string(a.tags, ' ') from annotations a
        where a.sweep_id = w.sweep_id and a.evaluation_id = w.evaluation_id)`;
    default:
      return assertNever(of, 'column of trials');
  }
}

function scalar(found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`case when jsonb_typeof(${found}) in ('array', 'object') then to_jsonb(${found} #>> '{}') else ${found} end`;
}

/** JSON has no infinities: they come as text. */
function asNumber(column: FilterColumn | undefined, value: FilterValue): FilterValue {
  if (column?.of !== 'metric' || typeof value !== 'string') return value;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}
