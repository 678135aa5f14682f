import { sql } from 'kysely';
import type { Store } from './open-store.ts';

/** The largest that a training met in any step. */
export interface TrainingExtremes {
  /** Loss of a batch, without penalties. */
  readonly loss: number;
  /** Norm of a step's gradient, before it was clipped. */
  readonly gradientNorm: number;
}

/** Of each of a sweep's trainings that has recorded both, by its id. */
export async function readTrainingExtremes(
  store: Store,
  sweepId: string,
): Promise<ReadonlyMap<string, TrainingExtremes>> {
  const { rows } = await sql<{ id: string; loss: number | null; norm: number | null }>`
    select m.training_id as id, max(v.value) filter (where m.name = 'data_loss') as loss,
      max(v.value) filter (where m.name = 'gradient_norm') as norm
    from sweep_trainings l join metrics m on m.training_id = l.training_id, unnest(m.values) as v(value)
    where l.sweep_id = ${sweepId} and m.name in ('data_loss', 'gradient_norm')
      and v.value < 'infinity'::double precision
    group by 1`.execute(store.db);
  return new Map(
    rows.flatMap(({ id, loss, norm }) => (loss === null || norm === null ? [] : [[id, { loss, gradientNorm: norm }]])),
  );
}
