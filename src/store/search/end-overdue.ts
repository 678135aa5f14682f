import { sql } from 'kysely';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { letGo } from '../segments/let-go.ts';
import { finishSweeps } from '../segments/settle-trainings.ts';
import { advanceSearch } from './advance-search.ts';
import { readClocks } from './reached-rungs.ts';
import { ranSeconds } from './running-time.ts';

/**
 * Sweeps that have run longer than their budget of hours, as the sweep file has it or as it was set since. An extension
 * brings its own file's, where that is another than before.
 */
const overdue = sql<{ id: string }>`
  select s.id from sweeps s where s.state = 'running' and s.desired_state = 'running' and s.listens
    and ${ranSeconds('s')} >= 3600 * case
      when exists (select 1 from commands c
        where c.sweep_id = s.id and c.kind = 'set_budget' and jsonb_exists(c.detail -> 'changes', 'hours'))
      then (
        select case e.kind when 'budget_hours' then e.value
            else (s.definition -> 'budget' ->> 'hours')::double precision end
        from search_events e where e.sweep_id = s.id and e.kind in ('budget_hours', 'extended')
        order by e.sequence desc limit 1)
      else (s.definition -> 'budget' ->> 'hours')::double precision end`;

/**
 * Ends what still trains after the hours of its sweep: no result has to come for it. Trainings that are at their end are
 * evaluated. Idempotent; any worker may do it.
 */
export async function endOverdueSweeps(store: Store): Promise<void> {
  const { rows } = await overdue.execute(store.db);
  for (const { id } of rows) await transact(store, (tx) => endOverdue(tx, id));
}

async function endOverdue(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await advanceSearch(tx, sweepId, async (search) => {
    // Whoever came first has told the time: under the search's lock.
    const { halted } = await tx
      .selectFrom('sweeps')
      .select('halted')
      .where('id', '=', sweepId)
      .executeTakeFirstOrThrow();
    const clocks = halted === null ? await readClocks(tx, sweepId, { hours: 1 }) : [];
    for (const clock of clocks) search.record(clock);
    return [];
  });
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set open = false, released_at = now()
    from sweeps w
    where w.id = ${sweepId} and w.halted is not null and l.sweep_id = w.id and l.open and exists (
      select 1 from segments s where s.training_id = l.training_id and s.kind = 'train' and s.status = 'claimed')
    returning l.training_id`.execute(tx);
  if (rows.length === 0) return;
  await letGo(
    tx,
    rows.map((row) => row.training_id),
    'cancelled',
  );
  await finishSweeps(tx, [sweepId]);
}
