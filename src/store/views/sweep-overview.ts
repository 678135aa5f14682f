import { sql } from 'kysely';
import { measuredOutside } from './sweep-trials.ts';
import type { Store } from '../database/open-store.ts';
import { listSweeps, type SweepListRow } from './sweep-list.ts';

/** A sweep in the list of all, with how it does. */
export interface SweepOverviewRow extends SweepListRow {
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** Over the last ten minutes; null: none. */
  readonly stepsPerSecond: number | null;
  /** Of its trainings, by what became of them. */
  readonly failures: Readonly<Record<'diverged' | 'out_of_memory' | 'infeasible' | 'crashed', number>>;
  readonly objective: string;
  /** Of the first objective; null: nothing is scored yet, or it is none that is stored. */
  readonly best: number | null;
}

interface Measures {
  readonly id: string;
  readonly done: number;
  readonly total: number;
  readonly rate: number | null;
  readonly failures: SweepOverviewRow['failures'];
  readonly objective: string | null;
  readonly best: number | null;
}

const failures = ['diverged', 'out_of_memory', 'infeasible', 'crashed'] as const;
const noFailures = { diverged: 0, out_of_memory: 0, infeasible: 0, crashed: 0 };

const storedOutside = Object.keys(measuredOutside(null));

/** Every sweep of the database, newest first, with its rate and the best that it has found. */
export async function overviewOfSweeps(store: Store): Promise<readonly SweepOverviewRow[]> {
  const sweeps = await listSweeps(store);
  const { rows } = await sql<Measures>`
    select s.id, p.done, p.total, p.failures, r.rate, s.definition #>> '{objectives,0,metric}' as objective,
      case when s.definition #>> '{objectives,0,metric}' = any(${storedOutside}::text[]) then null
        when s.definition #>> '{objectives,0,direction}' = 'minimize' then b.least else b.most end as best
    from sweeps s
      left join lateral (
        select coalesce(sum(case when t.state in ('active', 'succeeded') then t.progress_step else t.total_steps end), 0) as done,
          coalesce(sum(t.total_steps), 0) as total, json_build_object(${sql.join(
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
        select min(value) as least, max(value) as most from (
          select case jsonb_typeof(e.metrics -> (s.definition #>> '{objectives,0,metric}')) when 'number'
            then (e.metrics ->> (s.definition #>> '{objectives,0,metric}'))::double precision end as value
          from sweep_evaluations w join evaluations e on e.id = w.evaluation_id where w.sweep_id = s.id) v) b on true`.execute(
    store.db,
  );
  const measured = new Map(rows.map((row) => [row.id, row]));
  return sweeps.map((sweep): SweepOverviewRow => {
    const row = measured.get(sweep.sweepId);
    return {
      ...sweep,
      stepsDone: row?.done ?? 0,
      stepsTotal: row?.total ?? 0,
      stepsPerSecond: row?.rate ?? null,
      failures: row?.failures ?? noFailures,
      objective: row?.objective ?? '',
      best: row?.best ?? null,
    };
  });
}
