import { type RawBuilder, sql } from 'kysely';
import { assertNever } from '../../../base/assert-never.ts';
import type { SweepDefinition } from '../../../sweep/sweep-definition.ts';
import type { DatabaseTransaction } from '../../database/open-store.ts';
import { metricValue, setting, shownState, type TrialsOf, whereOf } from './sweep-trials.ts';
import type { FilterColumn, FilterValue, TrialFilter } from './trial-filter.ts';

/** A trial's values in some columns. */
export interface TrialValues {
  readonly trial: number;
  /** In the order of the columns; a list as its text. */
  readonly values: readonly FilterValue[];
}

/** A sweep as queries over its trials need it. */
export function readTrialsOf(tx: DatabaseTransaction, sweepId: string): Promise<TrialsOf> {
  return tx
    .selectFrom('sweeps')
    .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
    .select(['sweeps.id', 'definition', 'constants'])
    .where('sweeps.id', '=', sweepId)
    .executeTakeFirstOrThrow();
}

/** Some trials of a sweep with their values in these columns, by number. */
export async function readTrialValues(
  tx: DatabaseTransaction,
  sweep: TrialsOf,
  trials: readonly number[],
  columns: readonly FilterColumn[],
): Promise<readonly TrialValues[]> {
  const values = columns.map((column) => columnJson(column, sweep));
  const { rows } = await sql<TrialValues>`
    select w.trial, jsonb_build_array(${sql.join(values)}) as values
    ${trialsFrom(sweep)} and w.trial = any(${trials}::integer[]) order by w.trial`.execute(tx);
  return rows.map((row) => ({ ...row, values: row.values.map((value, index) => asNumber(columns[index], value)) }));
}

/**
 * Trials of a sweep, all or those that a filter leaves: `w`, `e`, `t` and `l` of the columns’ expressions.
 * @param beside what is joined to each
 */
export function trialsFrom(
  { id, constants }: TrialsOf,
  filter?: TrialFilter,
  beside: RawBuilder<unknown> = sql``,
): RawBuilder<unknown> {
  return sql`from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
    join trainings t on t.id = e.training_id
    join sweep_trainings l on l.training_id = t.id and l.sweep_id = w.sweep_id ${beside}
    where w.sweep_id = ${id} and ${whereOf(filter, constants)}`;
}

/** Of these, where a sweep asks for dev and test rows, those of the dev rows: what is learned from trials is not learned on test rows. */
export function onChosenRows({ evaluations }: Pick<SweepDefinition, 'evaluations'>): RawBuilder<unknown> {
  const splits = new Set(evaluations.map(({ split }) => split));
  return splits.has('dev') && splits.size > 1 ? sql`and e.configuration ->> 'split' = 'dev'` : sql``;
}

/**
 * Trials that something is chosen among: as `trialsFrom`, of the rows that a choice is made on unless the filter says of
 * which.
 */
export function chosenFrom(
  sweep: TrialsOf,
  filter?: TrialFilter,
  beside: RawBuilder<unknown> = sql``,
): RawBuilder<unknown> {
  const named = filter?.conditions.some(({ column }) => column.of === 'evaluation' && column.name === 'split') === true;
  return sql`${trialsFrom(sweep, filter, beside)} ${named ? sql`` : onChosenRows(sweep.definition)}`;
}

/** The same for trials that differ in their seed alone, over `t` and `e`. */
export const repeatKey: RawBuilder<string> = sql<string>`t.settings_hash || md5(e.configuration::text)`;

/** A column's value as JSON, null where there is none; a list or an object as its text. */
export function columnJson({ of, name }: FilterColumn, { constants }: TrialsOf): RawBuilder<unknown> {
  switch (of) {
    case 'metric':
      return sql`coalesce(to_jsonb(${metricValue(name, constants)}), 'null')`;
    case 'setting':
      return scalar(sql`(t.specification #> array['configuration', ${name}::text])`);
    case 'evaluation':
      return scalar(sql`(e.configuration #> array[${name}::text])`);
    case 'trial':
      return sql`to_jsonb(w.trial)`;
    case 'state':
      return sql`to_jsonb(${shownState})`;
    case 'tag':
      return sql`coalesce(to_jsonb((select array_to_string(a.tags, ' ') from annotations a
        where a.sweep_id = w.sweep_id and a.evaluation_id = w.evaluation_id)), 'null')`;
    default:
      return assertNever(of, 'column of trials');
  }
}

/** A column's value where it is a number that can be drawn and added up; null elsewhere. */
export function columnNumber({ of, name }: FilterColumn, { constants }: TrialsOf): RawBuilder<number | null> {
  const value =
    of === 'metric'
      ? metricValue(name, constants)
      : of === 'setting'
        ? setting(name)
        : of === 'evaluation'
          ? numberIn(sql`(e.configuration #> array[${name}::text])`)
          : null;
  if (value === null) throw new RangeError(`a ${of} is no number`);
  return sql`(select v from (select ${value} as v) one where v > '-Infinity' and v < 'Infinity')`;
}

function numberIn(found: RawBuilder<unknown>): RawBuilder<number | null> {
  return sql`case jsonb_typeof(${found}) when 'number' then (${found})::double precision end`;
}

function scalar(found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce(case when jsonb_typeof(${found}) in ('array', 'object') then to_jsonb(${found} #>> '{}') else ${found} end, 'null')`;
}

/** JSON has no infinities: they come as text. */
function asNumber(column: FilterColumn | undefined, value: FilterValue): FilterValue {
  if (column?.of !== 'metric' || typeof value !== 'string') return value;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** The name that the column with that place among those asked for has within a statement. */
export function nth(index: number): RawBuilder<unknown> {
  return sql.ref(`c${index}`);
}
