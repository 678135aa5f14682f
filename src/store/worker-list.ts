import { sql } from 'kysely';
import type { Store } from './open-store.ts';

/** A worker as people look at it. */
export interface WorkerRow {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly role: string;
  readonly slots: number;
  readonly startedAt: Date;
  readonly lastSeen: Date;
  readonly endedAt: Date | null;
  /** What its last segment was computed on: device, provider, library and threads; null: none yet. */
  readonly numericsClass: string | null;
  /** Segments that it holds, as `training #7 55 %` is made of. */
  readonly running: readonly { readonly sweep: string; readonly trial: number; readonly kind: 'train' | 'evaluate' }[];
  /** Train steps a second over the last ten minutes; null: none. */
  readonly stepsPerSecond: number | null;
  /** Of the last hour: segments that were done, and those that ended otherwise. */
  readonly done: number;
  readonly troubled: number;
  /** The last of the latter, in words; null: none. */
  readonly trouble: string | null;
  readonly troubledAt: Date | null;
}

/** Workers that are there, and those that left within the hour; the nearest to now first. */
export async function listWorkers(store: Store): Promise<readonly WorkerRow[]> {
  const { rows } = await sql<WorkerRow>`
    select k.id as "workerId", k.host, k.pid, k.role, k.slots, k.started_at as "startedAt", k.last_seen as "lastSeen",
      k.ended_at as "endedAt", n.numerics_class as "numericsClass",
      coalesce(r.running, '[]'::json) as running, s.rate as "stepsPerSecond",
      coalesce(o.done, 0) as done, coalesce(o.troubled, 0) as troubled, x.trouble, x.ended_at as "troubledAt"
    from workers k
      left join lateral (
        select a.numerics_class from attempts a where a.worker_id = k.id order by a.started_at desc limit 1) n on true
      left join lateral (
        select json_agg(json_build_object('sweep', w.name, 'trial', w.trial, 'kind', g.kind) order by g.slot_key) as running
        from segments g cross join lateral (
          select p.name, min(v.trial) as trial from evaluations e join sweep_evaluations v on v.evaluation_id = e.id
            join sweeps p on p.id = v.sweep_id
          where e.training_id = g.training_id group by p.name, p.created_at order by p.created_at desc limit 1) w
        where g.worker_id = k.id and g.status = 'claimed') r on true
      left join lateral (
        select sum(g.end_step - coalesce((select max(p.end_step) from segments p
            where p.training_id = g.training_id and p.kind = 'train' and p.end_step < g.end_step), 0))
          / nullif(extract(epoch from now() - min(a.started_at)), 0)::double precision as rate
        from attempts a join segments g on g.id = a.segment_id and g.kind = 'train'
        where a.worker_id = k.id and a.started_at > now() - interval '10 minutes' and a.outcome = 'trained') s on true
      left join lateral (
        select count(*) filter (where a.outcome in ('trained', 'evaluated')) as done,
          count(*) filter (where a.outcome not in ('trained', 'evaluated', 'released', 'cancelled')) as troubled
        from attempts a where a.worker_id = k.id and a.ended_at > now() - interval '1 hour') o on true
      left join lateral (
        select concat_ws(': ', a.outcome, a.detail) as trouble, a.ended_at from attempts a
        where a.worker_id = k.id and a.ended_at > now() - interval '1 hour'
          and a.outcome not in ('trained', 'evaluated', 'released', 'cancelled')
        order by a.ended_at desc limit 1) x on true
    where k.slots > 0 and (k.ended_at is null or k.ended_at > now() - interval '1 hour')
      and k.last_seen > now() - interval '1 day'
    order by k.ended_at is not null, k.host, k.started_at`.execute(store.db);
  return rows;
}
