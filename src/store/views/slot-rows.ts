import { sql } from 'kysely';
import { groupBy } from '../../base/group-by.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import type { SlotRow } from './sweep-snapshot.ts';

/** A segment that a slot has claimed. */
interface ClaimedSegment {
  /** Of the slot's turn: segments of one key are one slot's. */
  readonly key: string;
  /** Null: the training is another sweep's. */
  readonly trial: number | null;
  readonly sweep: string;
  readonly kind: 'train' | 'evaluate';
  readonly step: number;
  readonly of: number;
}

interface WorkerRecord {
  readonly worker_id: string;
  readonly host: string;
  readonly slots: number;
  readonly last_seen: Date;
  readonly claimed: readonly ClaimedSegment[];
}

/** The slots of all workers that were heard of within 30 s, and what each does for a sweep or for another. */
export async function readSlots(tx: DatabaseTransaction, sweepId: string): Promise<SlotRow[]> {
  const { rows } = await sql<WorkerRecord>`
    select k.id as worker_id, k.host, k.slots, k.last_seen, coalesce((
      select json_agg(json_build_object('key', g.slot_key, 'trial', x.trial, 'sweep', y.name, 'kind', g.kind,
        'step', t.progress_step, 'of', t.total_steps) order by g.slot_key, x.trial)
      from attempts a join segments g on g.id = a.segment_id and g.lease_epoch = a.epoch
        join trainings t on t.id = g.training_id
        cross join lateral (
          select min(w.trial) as trial from evaluations e join sweep_evaluations w on w.evaluation_id = e.id
          where e.training_id = t.id and w.sweep_id = ${sweepId}) x
        cross join lateral (
          select min(s.name) as name from sweep_trainings l join sweeps s on s.id = l.sweep_id
          where l.training_id = t.id) y
      where a.worker_id = k.id and a.ended_at is null and g.status = 'claimed'), '[]'::json) as claimed
    from workers k
    where k.slots > 0 and k.ended_at is null and k.last_seen > now() - interval '30 seconds'
    order by k.host, k.started_at`.execute(tx);
  return rows.flatMap((worker) => {
    const busy = [...groupBy(worker.claimed, ({ key }) => key).values()];
    return Array.from({ length: Math.max(worker.slots, busy.length) }, (_, slot) => ({
      workerId: worker.worker_id,
      host: worker.host,
      slot: String(slot),
      ...workOf(busy[slot] ?? []),
      lastSeen: worker.last_seen,
    }));
  });
}

/** @param claimed what one slot has claimed */
function workOf(claimed: readonly ClaimedSegment[]): Pick<SlotRow, 'running' | 'elsewhere'> {
  const [first, ...further] = claimed.filter(({ trial }) => trial !== null);
  if (first === undefined || first.trial === null) return { running: null, elsewhere: claimed[0]?.sweep ?? null };
  const { trial, kind, step, of } = first;
  return { running: { trial, kind, step, of, further: further.length }, elsewhere: null };
}
