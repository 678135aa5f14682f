import { sql } from 'kysely';
import type { Store } from '../database/open-store.ts';

/** A machine and what it computed on, with how many of a sweep's trainings it trained, or trained a part of. */
export interface TrainedOn {
  /** Null: the attempts are no longer recorded. */
  readonly host: string | null;
  /** Processor, cores and memory, in words; null: unknown. */
  readonly hardware: string | null;
  /** Device, provider, library and threads. */
  readonly numericsClass: string;
  readonly trainings: number;
}

/** Where a sweep's trainings ran, those that it took over from other sweeps too; most trainings first. */
export async function readTrainedOn({ db }: Store, sweepId: string): Promise<readonly TrainedOn[]> {
  const { rows } = await sql<TrainedOn>`
    with attempted as (
      select distinct g.training_id, a.worker_id, a.numerics_class
      from sweep_trainings l join segments g on g.training_id = l.training_id and g.kind = 'train'
        join attempts a on a.segment_id = g.id
      where l.sweep_id = ${sweepId}),
    trained as (
      select training_id, worker_id, numerics_class from attempted
      union all
      select t.id, null, t.numerics_class from sweep_trainings l join trainings t on t.id = l.training_id
      where l.sweep_id = ${sweepId} and t.numerics_class is not null
        and not exists (select from attempted a where a.training_id = t.id))
    select k.host, k.hardware, r.numerics_class as "numericsClass", count(distinct r.training_id)::integer as trainings
    from trained r left join workers k on k.id = r.worker_id
    group by 1, 2, 3 order by 4 desc, 1, 2, 3`.execute(db);
  return rows;
}
