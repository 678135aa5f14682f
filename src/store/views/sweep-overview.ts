import { sql } from 'kysely';
import { evaluationKey } from './configurations/configuration-means.ts';
import { measuredOutside } from './trials/sweep-trials.ts';
import type { Store } from '../database/open-store.ts';
import type { SweepListRow } from './sweep-list.ts';

/** A sweep in the list of all, with how it does. */
export interface SweepOverviewRow extends SweepListRow {
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** Over the last ten minutes; null: none. */
  readonly stepsPerSecond: number | null;
  /** Of its trainings, by what became of them. */
  readonly failures: Readonly<Record<'diverged' | 'out_of_memory' | 'infeasible' | 'crashed', number>>;
  readonly objective: string;
  /** Of the first objective, by configurations' means over seeds; null: nothing is scored yet, or it is none that is stored. */
  readonly best: number | null;
}

/** Some of the record's sweeps, newest first. */
export interface SweepPage {
  readonly total: number;
  readonly from: number;
  readonly rows: readonly SweepOverviewRow[];
}

/** What all trainings and trials of a sweep have to be asked for. */
type Measures = Pick<
  SweepOverviewRow,
  'finished' | 'failed' | 'stepsDone' | 'stepsTotal' | 'stepsPerSecond' | 'failures' | 'best'
>;

type Listed = Omit<SweepOverviewRow, keyof Measures> & { readonly mark: string };

const failures = ['diverged', 'out_of_memory', 'infeasible', 'crashed'] as const;
const unmeasured: Measures = {
  ...{ finished: 0, failed: 0, stepsDone: 0, stepsTotal: 0, stepsPerSecond: null, best: null },
  failures: { diverged: 0, out_of_memory: 0, infeasible: 0, crashed: 0 },
};

const storedOutside = Object.keys(measuredOutside(null));

/** Of a sweep that has ended, until it is asked for once more: a training that it shares may be retried by another. */
const endedKeepsMs = 60_000;
const knownAtMost = 1_000;

/**
 * The record's sweeps, newest first, with their rates and the best that they have found. What trainings and trials are
 * asked for is asked of the page's sweeps alone; of those that have ended once a minute.
 */
export class SweepOverviews {
  readonly #store: Store;
  readonly #known = new Map<string, { readonly mark: string; readonly at: number; readonly measures: Measures }>();

  constructor(store: Store) {
    this.#store = store;
  }

  async page({ offset, limit }: { readonly offset: number; readonly limit: number }): Promise<SweepPage> {
    const listed = await listPage(this.#store, offset, limit);
    const now = performance.now();
    const fresh = listed.rows.filter(({ sweepId, mark }) => {
      const known = this.#known.get(sweepId);
      return known === undefined || known.mark !== mark || now - known.at > endedKeepsMs;
    });
    const measured = await readMeasures(
      this.#store,
      fresh.map(({ sweepId }) => sweepId),
    );
    for (const { sweepId, state, mark } of fresh) {
      this.#known.delete(sweepId);
      const measures = measured.get(sweepId);
      const ended = state === 'completed' || state === 'cancelled';
      if (measures !== undefined && ended) this.#keep(sweepId, { mark, at: now, measures });
    }
    const rows = listed.rows.map(({ mark, ...row }): SweepOverviewRow => {
      const known = this.#known.get(row.sweepId);
      const measures = measured.get(row.sweepId) ?? (known?.mark === mark ? known.measures : unmeasured);
      return { ...row, ...measures };
    });
    return { total: listed.total, from: offset, rows };
  }

  #keep(sweepId: string, known: { readonly mark: string; readonly at: number; readonly measures: Measures }): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= knownAtMost && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(sweepId, known);
  }
}

async function listPage(
  { db }: Store,
  offset: number,
  limit: number,
): Promise<{ readonly total: number; readonly rows: readonly Listed[] }> {
  const [count, page] = await Promise.all([
    sql<{ total: number }>`select count(*)::integer as total from sweeps`.execute(db),
    sql<Listed>`
      select s.name, s.id as "sweepId", s.state, s.trainer, s.planned_trainings as trainings, s.trial_count as trials,
        s.created_at as "createdAt", s.finished_at as "finishedAt", coalesce(a.tags, '{}') as tags, a.note,
        coalesce(s.definition #>> '{objectives,0,metric}', '') as objective,
        concat_ws(' ', s.state, s.finished_at, s.planned_trainings, s.generation) as mark
      from sweeps s left join annotations a on a.sweep_id = s.id and a.evaluation_id is null
      order by s.created_at desc, s.id limit ${limit} offset ${offset}`.execute(db),
  ]);
  return { total: count.rows[0]?.total ?? 0, rows: page.rows };
}

/** The objective is read of each sweep once: its definition may be large. */
async function readMeasures({ db }: Store, sweepIds: readonly string[]): Promise<ReadonlyMap<string, Measures>> {
  if (sweepIds.length === 0) return new Map();
  const { rows } = await sql<Measures & { id: string }>`
    with shown as materialized (
      select id, state, definition #>> '{objectives,0,metric}' as objective,
        definition #>> '{objectives,0,direction}' = 'minimize' as least_is_best,
        coalesce(definition -> 'evaluations' @> '[{"split": "dev"}]', false) as on_dev
      from sweeps where id = any(${sweepIds}::uuid[]))
    select s.id, p.finished, p.failed, p.done as "stepsDone", p.total as "stepsTotal", p.failures, r.rate as "stepsPerSecond",
      case when s.least_is_best then b.least else b.most end as best
    from shown s
      left join lateral (
        select coalesce(sum(case when t.state in ('active', 'succeeded') then t.progress_step else t.total_steps end), 0) as done,
          coalesce(sum(t.total_steps), 0) as total,
          count(*) filter (where not l.open and t.state not in ('active', 'cancelled')) as finished,
          count(*) filter (where t.state in (${sql.join(failures.map((state) => sql.lit(state)))})) as failed,
          json_build_object(${sql.join(
            failures.map((state) => sql`${state}::text, count(*) filter (where t.state = ${state})`),
          )}) as failures
        from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = s.id) p on true
      left join lateral (
        select sum(greatest(0, t.progress_step)) / nullif(extract(epoch from now() - min(a.started_at)), 0)::double precision as rate
        from attempts a join segments g on g.id = a.segment_id and g.kind = 'train'
          join trainings t on t.id = g.training_id join sweep_trainings l on l.training_id = t.id and l.sweep_id = s.id
        where s.state = 'running' and a.started_at > now() - interval '10 minutes'
          and (a.ended_at is null or a.outcome = 'trained')) r on true
      left join lateral (
        select min(mean) as least, max(mean) as most from (
          select avg(case jsonb_typeof(e.metrics -> s.objective) when 'number'
            then (e.metrics ->> s.objective)::double precision end) as mean
          from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
          where w.sweep_id = s.id and not s.objective = any(${storedOutside}::text[])
            and (not s.on_dev or e.configuration ->> 'split' = 'dev')
          group by t.settings_hash, ${evaluationKey}
          having not coalesce(bool_or(e.metrics -> s.objective = 'null'), false)) v) b on true`.execute(db);
  return new Map(rows.map(({ id, ...measures }) => [id, measures]));
}
