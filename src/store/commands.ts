import { sql } from 'kysely';
import { assertNever } from '../base/assert-never.ts';
import { DropsweepError } from '../base/errors.ts';
import { didYouMean } from '../sweep/file/sweep-file-problems.ts';
import { type DatabaseTransaction, type Store, transact } from './database/open-store.ts';
import { advanceSearch, reportRetried } from './search/advance-search.ts';
import { letGo } from './segments/let-go.ts';
import { type BudgetChanges, setBudget } from './search/set-budget.ts';
import { beginDraining, pauseDrained } from './drain-sweep.ts';
import { finishSweeps, settleTrainings, writeSweepEvent } from './segments/settle-trainings.ts';

export type SweepCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'set_parallelism'; readonly parallelism: number }
  | { readonly kind: 'set_priority'; readonly priority: number }
  | { readonly kind: 'set_budget'; readonly changes: BudgetChanges }
  /** What was begun comes to its end, nothing else begins, and then the sweep is paused. */
  | { readonly kind: 'drain' }
  /** @param trials of these alone, cancelled ones too; absent: of all that failed */
  | { readonly kind: 'retry_failed'; readonly trials?: readonly number[] }
  /** Lets go of the trainings of some trials, with all their trials. */
  | { readonly kind: 'cancel_trials'; readonly trials: readonly number[] };

/** How a command ended: `unchanged` when the sweep already was so, or the command's id was seen before. */
export interface CommandResult {
  readonly sweepId: string;
  readonly changed: boolean;
}

/**
 * Writes what is wanted of a sweep, in one transaction. Works with Temporal down: whoever drives the sweep reads it.
 * @param commandId the same id twice is one command
 * @throws SWEEP_NOT_FOUND
 */
export function commandSweep(
  store: Store,
  sweepName: string,
  commandId: string,
  command: SweepCommand,
): Promise<CommandResult> {
  return transact(store, async (tx) => {
    const sweep = await tx
      .selectFrom('sweeps')
      .select(['id', 'state', 'desired_state', 'listens', 'draining'])
      .where('name', '=', sweepName)
      .forUpdate()
      .executeTakeFirst();
    if (sweep === undefined) throw await sweepNotFound(tx, sweepName);
    const noted = await tx
      .insertInto('commands')
      .values({ id: commandId, sweep_id: sweep.id, kind: command.kind, detail: JSON.stringify(command) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (noted.numInsertedOrUpdatedRows !== 1n) return { sweepId: sweep.id, changed: false };
    return { sweepId: sweep.id, changed: await steerSweep(tx, sweep, command) };
  });
}

/** Carries out a command upon a sweep that is locked, and notes what it changed. @returns whether it changed anything */
export async function steerSweep(tx: DatabaseTransaction, sweep: SweepStates, command: SweepCommand): Promise<boolean> {
  const changed = await carryOut(tx, sweep, command);
  if (changed) await writeSweepEvent(tx, { sweepId: sweep.id, kind: command.kind, detail: { ...command } });
  return changed;
}

/** Names the nearest of those that are there. */
export async function sweepNotFound(
  db: Pick<DatabaseTransaction, 'selectFrom'>,
  name: string,
): Promise<DropsweepError> {
  const there = await db.selectFrom('sweeps').select('name').execute();
  const near = didYouMean(
    name,
    there.map((sweep) => sweep.name),
  );
  return new DropsweepError('SWEEP_NOT_FOUND', `there is no sweep named ${name}${near}`, {
    where: 'the database in use',
    fix: 'run `dropsweep ls` for the sweeps that exist',
  });
}

export interface SweepStates {
  readonly id: string;
  readonly state: string;
  readonly desired_state: string;
  readonly listens: boolean;
  readonly draining: boolean;
}

async function carryOut(tx: DatabaseTransaction, sweep: SweepStates, command: SweepCommand): Promise<boolean> {
  switch (command.kind) {
    case 'pause':
      if (sweep.state !== 'running') return false;
      await setDesired(tx, sweep.id, 'paused');
      return true;
    case 'resume':
      if (sweep.state === 'completed' || (isRunning(sweep) && !sweep.draining)) return false;
      await setDesired(tx, sweep.id, 'running');
      if (sweep.state === 'cancelled') await reopen(tx, sweep.id);
      return true;
    case 'cancel':
      if (sweep.state === 'completed' || sweep.state === 'cancelled') return false;
      await cancel(tx, sweep.id);
      return true;
    case 'set_parallelism':
      await tx
        .updateTable('sweeps')
        .set({ desired_parallelism: command.parallelism })
        .where('id', '=', sweep.id)
        .execute();
      if (sweep.listens) await tellCapacity(tx, sweep.id, command.parallelism);
      return true;
    case 'set_priority':
      await tx.updateTable('sweeps').set({ priority: command.priority }).where('id', '=', sweep.id).execute();
      return true;
    case 'drain':
      if (!isRunning(sweep) || sweep.draining) return false;
      await beginDraining(tx, sweep.id);
      await pauseDrained(tx, sweep.id);
      return true;
    case 'set_budget':
      if (sweep.state === 'completed' || sweep.state === 'cancelled') return false;
      await setBudget(tx, sweep.id, command.changes);
      return true;
    case 'retry_failed':
      return retryFailed(tx, sweep, command.trials);
    case 'cancel_trials':
      return cancelTrials(tx, sweep, command.trials);
    default:
      return assertNever(command, 'sweep command');
  }
}

function isRunning(sweep: SweepStates): boolean {
  return sweep.state === 'running' && sweep.desired_state === 'running';
}

/** A search that adapts suggests as many points ahead as can run at once, and a race takes up as many seeds. */
async function tellCapacity(tx: DatabaseTransaction, sweepId: string, parallelism: number): Promise<void> {
  const fact = { kind: 'capacity', ordinal: 0, rung: 0, value: parallelism } as const;
  await advanceSearch(tx, sweepId, () => [fact]);
}

async function setDesired(tx: DatabaseTransaction, sweepId: string, state: 'running' | 'paused'): Promise<void> {
  await tx
    .updateTable('sweeps')
    .set({ state, desired_state: state, finished_at: null, draining: false })
    .where('id', '=', sweepId)
    .execute();
}

/** Lets go of every training that is not finished; those that no other sweep waits for end as cancelled. */
async function cancel(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await tx
    .updateTable('sweeps')
    .set({ state: 'cancelled', desired_state: 'cancelled', finished_at: new Date(), draining: false })
    .where('id', '=', sweepId)
    .execute();
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings set open = false, released_at = now()
    where sweep_id = ${sweepId} and open returning training_id`.execute(tx);
  const ids = rows.map((row) => row.training_id);
  await letGo(tx, ids, 'cancelled');
}

/** @throws DropsweepError COMMAND_REFUSED where a search waits for what they bring */
async function cancelTrials(tx: DatabaseTransaction, sweep: SweepStates, trials: readonly number[]): Promise<boolean> {
  if (sweep.listens) {
    throw new DropsweepError('COMMAND_REFUSED', 'single trials of this sweep cannot be cancelled', {
      where: `trials ${trials.join(', ')}`,
      got: 'a search that decides by the results of the trainings that it has asked for',
      expected: 'a sweep without a scheduler, budget or adapting search',
      fix: 'cancel the sweep, or let the search end them',
    });
  }
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set open = false, released_at = now()
    where l.sweep_id = ${sweep.id} and l.open and ${ofTrials(trials)} returning l.training_id`.execute(tx);
  await letGo(
    tx,
    rows.map((row) => row.training_id),
    'cancelled',
  );
  await finishSweeps(tx, [sweep.id]);
  return rows.length > 0;
}

/** A condition on `l`: its training has one of these trials. */
function ofTrials(trials: readonly number[]) {
  return sql`exists (
    select 1 from sweep_evaluations w join evaluations e on e.id = w.evaluation_id
    where w.sweep_id = l.sweep_id and e.training_id = l.training_id and w.trial = any(${trials}::integer[]))`;
}

/** Undoes a cancel: trainings that were let go are wanted again, and go on from their checkpoints. */
async function reopen(tx: DatabaseTransaction, sweepId: string): Promise<void> {
  await openLinks(tx, sweepId, sql`l.released_at is not null and not l.pruned`);
}

/** A paused sweep stays paused: only a resume lets it go on. */
async function retryFailed(
  tx: DatabaseTransaction,
  sweep: SweepStates,
  trials: readonly number[] | undefined,
): Promise<boolean> {
  const failed = sql`exists (select 1 from trainings t where t.id = l.training_id
    and t.state in ('diverged', 'out_of_memory', 'infeasible', 'crashed'))`;
  const wanted =
    trials === undefined
      ? failed
      : sql`${ofTrials(trials)} and (${failed} or (l.released_at is not null and not l.pruned))`;
  const ids = await openLinks(tx, sweep.id, wanted);
  if (ids.length > 0 && sweep.state !== 'paused') await setDesired(tx, sweep.id, 'running');
  return ids.length > 0;
}

async function openLinks(
  tx: DatabaseTransaction,
  sweepId: string,
  condition: ReturnType<typeof sql>,
): Promise<string[]> {
  const { rows } = await sql<{ training_id: string }>`
    update sweep_trainings l set open = true, released_at = null
    where l.sweep_id = ${sweepId} and ${condition} returning l.training_id`.execute(tx);
  const ids = rows.map((row) => row.training_id);
  await dropBadCheckpoints(tx, ids);
  await sql`
    update trainings set state = 'active', finished_at = null, failure = null
    where id = any(${ids}::uuid[]) and state not in ('active', 'succeeded')`.execute(tx);
  await sql`
    update evaluations set status = 'pending', finished_at = null
    where training_id = any(${ids}::uuid[]) and status = 'failed'`.execute(tx);
  await sql`
    update segments set status = 'blocked', crash_count = 0
    where training_id = any(${ids}::uuid[]) and status = 'failed'`.execute(tx);
  await settleTrainings(tx, ids);
  await reportRetried(tx, sweepId, ids);
  return ids;
}

/** A training that failed over a file of its own begins again: its checkpoints are not trusted any more. */
async function dropBadCheckpoints(tx: DatabaseTransaction, trainingIds: readonly string[]): Promise<void> {
  await sql`
    with distrusted as (
      update trainings set step = 0, progress_step = 0
      where id = any(${trainingIds}::uuid[]) and failure ->> 'code' = 'CHECKPOINT_INVALID' returning id
    )
    delete from checkpoints c using distrusted d where c.training_id = d.id`.execute(tx);
}
