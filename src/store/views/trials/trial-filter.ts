import { type RawBuilder, sql } from 'kysely';
import { assertNever } from '../../../base/assert-never.ts';
import type { TheoryConstants } from '../../../train/process/trainer-protocol.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type FilterValue = number | string | boolean | null;

/**
 * A column that conditions look at: a metric, a field of the training or of the evaluation, the trial's number, its
 * state, or its tags.
 */
export interface FilterColumn {
  readonly of: 'metric' | 'setting' | 'evaluation' | 'trial' | 'state' | 'tag';
  readonly name: string;
}

export interface TrialCondition {
  readonly column: FilterColumn;
  readonly comparison: Comparison;
  /** `=`: any of these; `!=`: none of these; else one number. */
  readonly values: readonly FilterValue[];
}

/** Trials of which every condition holds. */
export interface TrialFilter {
  /** As it was written. */
  readonly text: string;
  readonly conditions: readonly TrialCondition[];
}

/** How the record's columns are read, over `w`, `e`, `t` and `l` of the query that lists trials. */
export interface FilteredColumns {
  /** The number of a metric; null: it has none. */
  metric(name: string): RawBuilder<number | null>;
  readonly state: RawBuilder<string>;
}

/** The filter as a condition of SQL, whose every value is a parameter. */
export function trialsWhere(filter: TrialFilter | undefined, columns: FilteredColumns): RawBuilder<unknown> {
  const conditions = (filter?.conditions ?? []).map((condition) => holds(condition, columns));
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function holds({ column, comparison, values }: TrialCondition, columns: FilteredColumns): RawBuilder<unknown> {
  if (comparison === '=' || comparison === '!=') {
    const any = sql.join(
      values.map((value) => sql`coalesce(${equals(column, value, columns)}, false)`),
      sql` or `,
    );
    return comparison === '=' ? sql`(${any})` : sql`not (${any})`;
  }
  const [bound] = values;
  return sql`${numberOf(column, columns)} ${sql.raw(comparison)} ${bound}::double precision`;
}

function equals(column: FilterColumn, value: FilterValue, columns: FilteredColumns): RawBuilder<unknown> {
  switch (column.of) {
    case 'metric':
    case 'trial':
      if (value === null) return sql`${numberOf(column, columns)} is null`;
      return sql`${numberOf(column, columns)} = ${value}::double precision`;
    case 'state':
      if (value === 'collapsed') return sql`e.metrics ->> 'collapsed' = 'true'`;
      if (value === 'reused') return sql`l.origin = 'reused'`;
      return sql`${columns.state} = ${value}::text`;
    case 'tag': {
      const tagged = sql`select 1 from annotations a where a.sweep_id = w.sweep_id and a.evaluation_id = w.evaluation_id`;
      if (value === null) return sql`not exists (${tagged} and a.tags <> '{}')`;
      return sql`exists (${tagged} and ${String(value)} = any(a.tags))`;
    }
    case 'setting':
    case 'evaluation': {
      const found = jsonOf(column);
      // A list holds what any of its members is.
      const same = sql`${found} @> ${JSON.stringify(value)}::jsonb`;
      return value === null ? sql`(${found} is null or ${same})` : same;
    }
    default:
      return assertNever(column.of, 'column of a filter');
  }
}

function numberOf(column: FilterColumn, columns: FilteredColumns): RawBuilder<number | null> {
  switch (column.of) {
    case 'metric':
      return columns.metric(column.name);
    case 'trial':
      return sql`w.trial::double precision`;
    case 'state':
    case 'tag':
      throw new RangeError(`a ${column.of} has no order`);
    case 'setting':
    case 'evaluation': {
      const found = jsonOf(column);
      return sql`case jsonb_typeof(${found}) when 'number' then (${found})::double precision end`;
    }
    default:
      return assertNever(column.of, 'column of a filter');
  }
}

function jsonOf({ of, name }: FilterColumn): RawBuilder<unknown> {
  if (of === 'evaluation') return sql`(e.configuration #> array[${name}::text])`;
  return sql`(t.specification #> array['configuration', ${name}::text])`;
}

/** The value that `equivalentRate` of src/sweep gives for a training, in SQL. */
export function equivalentRateOf(): RawBuilder<number | null> {
  const rate = sql`(t.specification #>> '{configuration,dropout_rate}')::double precision`;
  const rank = sql`(t.specification #>> '{configuration,rank}')::double precision`;
  return sql`case t.specification #>> '{configuration,masked}'
    when 'rank' then 1 - sqrt(1 - power(${rate}, ${rank}))
    when 'columns' then 1 - sqrt(1 - ${rate}) when 'rows' then 1 - sqrt(1 - ${rate}) else ${rate} end`;
}

/** Columns with what a training met. */
export interface MetExtremes {
  readonly loss: RawBuilder<number | null>;
  readonly gradientNorm: RawBuilder<number | null>;
}

/** Theorem 4.4's second term of a trial, as src/evaluate computes it; null before the constants are there. */
export function complexityOf(
  rate: RawBuilder<number | null>,
  sparsity: RawBuilder<number | null>,
  constants: TheoryConstants | null,
  met: MetExtremes | null = null,
): RawBuilder<number | null> {
  if (constants === null) return sql`null::double precision`;
  const { hessian_minimum: least, confidence, train_rows: rows } = constants;
  const orMet = (probed: number, own: RawBuilder<number | null> | undefined): RawBuilder<number> =>
    own === undefined ? sql`${probed}::double precision` : sql`greatest(${probed}::double precision, ${own})`;
  const [bound, lipschitz] = [orMet(constants.loss_bound, met?.loss), orMet(constants.lipschitz, met?.gradientNorm)];
  const strength = sql`(${constants.implicit_sparsity ?? 0}::double precision + ${sparsity})`;
  const curvature = sql`(${least}::double precision + 2 * ${strength} * (2 * ${rate} - ${rate} * ${rate}))`;
  const above = sql`(${bound} ^ 2 + 24 * ${bound} * ${lipschitz} ^ 2 / ${curvature})`;
  return sql`case when ${met === null ? sql`false` : sql`${met.loss} is null or ${met.gradientNorm} is null`} then null
    when ${curvature} > 0 then sqrt((${above}) / ${2 * rows * confidence}::double precision)
    when ${curvature} = 0 then 'Infinity'::double precision end`;
}
