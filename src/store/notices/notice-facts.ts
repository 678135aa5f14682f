import { sql } from 'kysely';
import type { SweepFacts } from '../../notices/sweep-facts.ts';
import type { DatabaseTransaction } from '../database/open-store.ts';
import { metricValue, type TrialsOf } from '../views/trials/sweep-trials.ts';
import { onChosenRows } from '../views/trials/trial-values.ts';

/** How a sweep does, for the conditions of its notices; null: there is no such sweep. */
export async function readSweepFacts(tx: DatabaseTransaction, sweepId: string): Promise<SweepFacts | null> {
  const sweep = await tx
    .selectFrom('sweeps')
    .leftJoin('theory_constants', 'theory_constants.theory_key', 'sweeps.theory_key')
    .select(['name', 'state', 'definition', 'planned_trainings', 'finished_at', 'constants'])
    .where('id', '=', sweepId)
    .executeTakeFirst();
  if (sweep === undefined) return null;
  const { rows } = await sql<{ ended: number; failed: number }>`
    select count(*) filter (where not l.open and t.state not in ('active', 'cancelled')) as ended,
      count(*) filter (where t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed')) as failed
    from sweep_trainings l join trainings t on t.id = l.training_id where l.sweep_id = ${sweepId}`.execute(tx);
  const [objective = null] = sweep.definition.objectives;
  return {
    sweep: sweep.name,
    state: sweep.state,
    finishedAt: sweep.finished_at?.toISOString() ?? null,
    trainings: sweep.planned_trainings,
    ended: rows[0]?.ended ?? 0,
    failed: rows[0]?.failed ?? 0,
    objective,
    best: objective === null ? null : await readBest(tx, sweepId, objective, sweep),
  };
}

async function readBest(
  tx: DatabaseTransaction,
  sweepId: string,
  { metric, direction }: NonNullable<SweepFacts['objective']>,
  { definition, constants }: Pick<TrialsOf, 'definition' | 'constants'>,
): Promise<SweepFacts['best']> {
  const value = metricValue(metric, constants);
  const order = sql.raw(direction === 'minimize' ? 'asc' : 'desc');
  const { rows } = await sql<{ trial: number; value: number }>`
    select w.trial, ${value} as value
    from sweep_evaluations w join evaluations e on e.id = w.evaluation_id join trainings t on t.id = e.training_id
    where w.sweep_id = ${sweepId} and ${value} is not null and ${value} <> 'NaN' ${onChosenRows(definition)}
    order by 2 ${order}, 1 limit 1`.execute(tx);
  return rows[0] ?? null;
}
