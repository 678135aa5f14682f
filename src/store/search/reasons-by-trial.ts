import { sql } from 'kysely';
import type { DatabaseTransaction } from '../database/open-store.ts';

/** What a fold calls a training: by its ordinal in the sweep, from 0, which no screen shows. */
const byOrdinal = /\btraining (\d+)\b/g;

/**
 * Reasons of decisions as people read them: a training that a recorded one names is called by its first trial.
 * A training that has no trial yet keeps the name that it has.
 */
export async function reasonsByTrial<Row extends { readonly reason: string | null }>(
  db: Pick<DatabaseTransaction, 'getExecutor'>,
  sweepId: string,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const named = rows.flatMap(({ reason }) =>
    [...(reason ?? '').matchAll(byOrdinal)].map(([, ordinal]) => Number(ordinal)),
  );
  if (named.length === 0) return rows;
  const { rows: found } = await sql<{ ordinal: number; trial: number }>`
    select l.ordinal, min(w.trial) as trial
    from sweep_trainings l join evaluations e on e.training_id = l.training_id
      join sweep_evaluations w on w.evaluation_id = e.id and w.sweep_id = l.sweep_id
    where l.sweep_id = ${sweepId} and l.ordinal = any(${[...new Set(named)]}::integer[])
    group by l.ordinal`.execute(db);
  const trials = new Map(found.map(({ ordinal, trial }) => [ordinal, trial]));
  const spoken = (reason: string): string =>
    reason.replaceAll(byOrdinal, (name, ordinal: string) => {
      const trial = trials.get(Number(ordinal));
      return trial === undefined ? name : `trial ${trial}`;
    });
  return rows.map((row) => (row.reason === null ? row : { ...row, reason: spoken(row.reason) }));
}
