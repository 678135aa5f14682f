import { type RawBuilder, sql } from 'kysely';
import type { Store } from '../database/open-store.ts';
import type { SlotState } from './worker-register.ts';

/** The segment that a slot works on, as `training #7 55 %` is made of. */
export interface RunningSegment {
  readonly segment: string;
  readonly sweep: string;
  readonly trial: number;
  readonly kind: 'train' | 'evaluate';
  readonly step: number;
  readonly of: number;
  /** Over the steps told of last; null: none, or it tells of no tokens. */
  readonly stepsPerSecond: number | null;
  readonly tokensPerSecond: number | null;
}

/** A training that took its trainer process along. */
export interface StruckTraining {
  readonly sweep: string;
  readonly trial: number;
  /** How often a process died of the segment. */
  readonly deaths: number;
  /** Whether it is tried no more, until somebody retries it. */
  readonly quarantined: boolean;
  readonly why: string;
}

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
  /** Numerics class of its last segment: device, provider, library and threads; null: none yet. */
  readonly numericsClass: string | null;
  /** Segments that it holds. */
  readonly running: readonly RunningSegment[];
  /** Its slots at the last heartbeat; empty: none was looked at. */
  readonly slotStates: readonly SlotState[];
  /** Trainings whose trainer process died on it last, the newest first. */
  readonly struck: readonly StruckTraining[];
  /** Train steps a second over the last ten minutes; null: none. */
  readonly stepsPerSecond: number | null;
  /** Of the last hour: segments that were done, and those that ended otherwise. */
  readonly done: number;
  readonly troubled: number;
  /** The last of the latter, in words; null: none. */
  readonly trouble: string | null;
  readonly troubledAt: Date | null;
}

/** Of one worker. */
const mostStruck = 8;

/** The newest sweep that a training is of, and its first trial there. */
function trialOf(training: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    select p.name, min(v.trial) as trial from evaluations e join sweep_evaluations v on v.evaluation_id = e.id
      join sweeps p on p.id = v.sweep_id
    where e.training_id = ${training} group by p.name, p.created_at order by p.created_at desc limit 1)`;
}

/** Workers that are there, and those that left within the hour; the nearest to now first. */
export async function listWorkers(store: Store): Promise<readonly WorkerRow[]> {
  const { rows } = await sql<WorkerRow>`
    with struck as materialized (
      select w.name as sweep, w.trial, g.crash_count as deaths, g.status = 'failed' as quarantined, l.worker_id, l.started_at,
        coalesce(v.detail ->> 'message', t.failure ->> 'message', '') as why
      from segments g join trainings t on t.id = g.training_id
        cross join lateral ${trialOf(sql`g.training_id`)} w
        cross join lateral (
          select a.worker_id, a.started_at from attempts a where a.segment_id = g.id and a.outcome = 'process_died'
          order by a.epoch desc limit 1) l
        left join lateral (
          select s.detail from sweep_events s where s.training_id = g.training_id and s.kind = 'trainer_died'
          order by s.id desc limit 1) v on true
      where g.crash_count > 0 and g.status <> 'done')
    select k.id as "workerId", k.host, k.pid, k.role, k.slots, k.started_at as "startedAt", k.last_seen as "lastSeen",
      k.ended_at as "endedAt", n.numerics_class as "numericsClass",
      coalesce(r.running, '[]'::json) as running, s.rate as "stepsPerSecond",
      coalesce(q.struck, '[]'::json) as struck, k.slot_states as "slotStates",
      coalesce(o.done, 0) as done, coalesce(o.troubled, 0) as troubled, x.trouble, x.ended_at as "troubledAt"
    from workers k
      left join lateral (
        select a.numerics_class from attempts a where a.worker_id = k.id order by a.started_at desc limit 1) n on true
      left join lateral (
        select json_agg(json_build_object('segment', g.id, 'sweep', w.name, 'trial', w.trial, 'kind', g.kind,
          'step', t.progress_step, 'of', t.total_steps, 'stepsPerSecond', m.steps / nullif(m.seconds, 0),
          'tokensPerSecond', m.tokens / nullif(m.seconds, 0)) order by g.slot_key) as running
        from attempts b join segments g on g.id = b.segment_id and g.lease_epoch = b.epoch
          join trainings t on t.id = g.training_id
          cross join lateral ${trialOf(sql`g.training_id`)} w
          left join lateral (
            select cardinality(c.values)::double precision as steps, (select sum(s) from unnest(c.values) s) as seconds,
              (select (select sum(n) from unnest(o.values) n) from metrics o
                where o.training_id = c.training_id and o.name = 'tokens' and o.first_step = c.first_step) as tokens
            from metrics c where c.training_id = g.training_id and c.name = 'step_seconds' and g.kind = 'train'
            order by c.first_step desc limit 1) m on true
        where b.worker_id = k.id and b.ended_at is null and g.status = 'claimed') r on true
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
      left join lateral (
        select json_agg(json_build_object('sweep', s.sweep, 'trial', s.trial, 'deaths', s.deaths,
          'quarantined', s.quarantined, 'why', s.why) order by s.quarantined desc, s.started_at desc) as struck
        from (select * from struck where worker_id = k.id order by quarantined desc, started_at desc limit ${mostStruck}) s) q on true
    where k.slots > 0 and (k.ended_at is null or k.ended_at > now() - interval '1 hour')
      and k.last_seen > now() - interval '1 day'
    order by k.ended_at is not null, k.host, k.started_at`.execute(store.db);
  return rows;
}
