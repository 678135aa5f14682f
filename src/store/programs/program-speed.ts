import { sql } from 'kysely';
import type { ProgramIdentity } from '../../sweep/vocabulary.ts';
import type { Store } from '../database/open-store.ts';

/** Seconds that a step of a program has taken. */
export interface StepSeconds {
  readonly low: number;
  readonly high: number;
}

/** Of its trainings that are done, in whatever sweep, from the quick tenth to the slow one; null: none is. */
export async function programStepSeconds(
  store: Store,
  { command, name }: ProgramIdentity,
): Promise<StepSeconds | null> {
  const text = command === undefined ? null : JSON.stringify(command);
  const { rows } = await sql<{ low: number | null; high: number | null }>`
    select percentile_cont(0.1) within group (order by train_seconds / total_steps) as low,
      percentile_cont(0.9) within group (order by train_seconds / total_steps) as high
    from trainings
    where trainer in ('command', 'asked') and state = 'succeeded' and train_seconds > 0
      and specification #> '{program,command}' is not distinct from ${text}::jsonb
      and specification #>> '{program,name}' is not distinct from ${name ?? null}`.execute(store.db);
  const [row] = rows;
  if (row === undefined || row.low === null || row.high === null) return null;
  return { low: row.low, high: row.high };
}
