import { sql } from 'kysely';
import { allowFolding } from './allow-folding.ts';
import type { MeanParts } from './axis-means.ts';
import { look, type Store } from '../../database/open-store.ts';
import type { TrialSort } from '../sweep-snapshot.ts';
import { shownState } from '../trials/sweep-trials.ts';
import type { FilterColumn, FilterValue, TrialFilter } from '../trials/trial-filter.ts';
import { columnNumber, readTrialsOf, readTrialValues, repeatKey, trialsFrom, nth } from '../trials/trial-values.ts';

/** Trials that differ in their seed alone. */
export interface ConfigurationRow {
  /** By number. */
  readonly trials: readonly number[];
  /** In the order of the fields asked for. */
  readonly settings: readonly FilterValue[];
  /** By metric, with the trials that have it; null: none has. */
  readonly scores: readonly (ConfigurationScore | null)[];
  readonly failed: number;
}

export interface ConfigurationScore extends MeanParts {
  readonly trials: readonly number[];
}

/** Some of a sweep's configurations, in the order asked for. */
export interface ConfigurationPage {
  readonly total: number;
  readonly from: number;
  readonly rows: readonly ConfigurationRow[];
}

export interface ConfigurationsAsked {
  readonly metrics: readonly FilterColumn[];
  /** By the mean of a metric, by a setting, by the first trial's number, or by how many failed. */
  readonly sort: TrialSort;
  readonly fields: readonly FilterColumn[];
  /** Which trials are folded; absent: all. */
  readonly filter?: TrialFilter;
  readonly offset: number;
  readonly limit: number;
}

interface FoldedRecord {
  readonly trials: readonly number[];
  readonly total: number;
  readonly failed: number;
  readonly scores: readonly (readonly [mean: number, deviation: number | null, trials: readonly number[] | null])[];
}

/** Seeds are folded where the trials are, and a page of the configurations comes back. */
export function readConfigurations(
  store: Store,
  sweepId: string,
  { metrics, sort, fields, filter, offset, limit }: ConfigurationsAsked,
): Promise<ConfigurationPage> {
  return look(store, async (tx) => {
    await allowFolding(tx);
    const sweep = await readTrialsOf(tx, sweepId);
    const values = metrics.map((metric, index) => sql`${columnNumber(metric, sweep)} as ${nth(index)}`);
    const folded = metrics.map(
      (_, index) => sql`json_build_array(avg(${nth(index)}), stddev_samp(${nth(index)}),
        array_agg(trial order by trial) filter (where ${nth(index)} is not null))`,
    );
    const { by, name, direction } = sort;
    const ordered =
      by === 'trial' || by === 'state' ? sql`null::double precision` : columnNumber({ of: by, name }, sweep);
    const place =
      by === 'trial' ? sql`min(trial)` : by === 'state' ? sql`-count(*) filter (where failed)` : sql`avg(ordered)`;
    const { rows } = await sql<FoldedRecord>`
      with s as materialized (
        select w.trial, ${repeatKey} as repeats, ${ordered} as ordered,
          ${shownState} in ('diverged', 'out_of_memory', 'infeasible', 'crashed') as failed${sql.join([sql``, ...values])}
        ${trialsFrom(sweep, filter)}),
      g as (
        select array_agg(trial order by trial) as trials, count(*) filter (where failed) as failed, ${place} as place,
          json_build_array(${sql.join(folded)}) as scores
        from s group by repeats)
      select trials, failed, scores, count(*) over () as total from g
      order by place ${sql.raw(direction === 'maximize' ? 'desc' : 'asc')} nulls last, trials[1]
      limit ${limit} offset ${offset}`.execute(tx);
    const firsts = rows.flatMap(({ trials }) => trials.slice(0, 1));
    const settings = new Map(
      (await readTrialValues(tx, sweep, firsts, fields)).map(({ trial, values: own }) => [trial, own]),
    );
    return {
      total: rows[0]?.total ?? 0,
      from: offset,
      rows: rows.map(({ trials, failed, scores }) => ({
        trials,
        failed,
        settings: settings.get(trials[0] ?? 0) ?? [],
        scores: scores.map(([mean, deviation, scored]) =>
          scored === null ? null : { count: scored.length, mean, deviation, trials: scored },
        ),
      })),
    };
  });
}
