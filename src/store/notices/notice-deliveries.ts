import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { readCondition } from '../../notices/conditions.ts';
import type { NoticePayload } from '../../notices/payload.ts';
import type { SweepFacts } from '../../notices/sweep-facts.ts';
import type { DeliveryResult, Target } from '../../notices/target-kind.ts';
import { targetKind } from '../../notices/targets.ts';
import type { Json } from '../../base/canonical-json.ts';
import { readSweepFacts } from './notice-facts.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { writeSweepEvent } from '../segments/settle-trainings.ts';

/** A delivery that is held for an attempt. */
export interface ClaimedDelivery {
  readonly id: string;
  /** Counts from 1; only the newest may say how it ended. */
  readonly attempt: number;
  readonly target: Target;
  readonly payload: NoticePayload;
}

/** Attempts at one delivery. */
export const mostAttempts = 6;
const firstWaitSeconds = 5;

/** A claim outlives its attempt by this: whoever holds it longer is gone. */
const graceMs = 20_000;

/**
 * Looks at every condition that may hold, and writes what is to be told: once, whoever else looks at the same time.
 * A condition that waits to be delivered is looked at after that.
 * @returns how many deliveries are new
 */
export async function findNotices(store: Store): Promise<number> {
  return transact(
    store,
    async (tx) => {
      const { rows } = await sql<WatchedCondition>`
        select c.notice_id, c.condition, c.memory, n.sweep_id, s.finished_at
        from notice_conditions c join notices n on n.id = c.notice_id join sweeps s on s.id = n.sweep_id
        where (s.finished_at is null or c.looked_at_end is distinct from s.finished_at)
          and not exists (select 1 from notice_deliveries d
            where d.notice_id = c.notice_id and d.condition = c.condition and d.state = 'pending')
        order by n.sweep_id, c.notice_id
        for update of c skip locked`.execute(tx);
      const facts = new Map<string, SweepFacts | null>();
      let found = 0;
      for (const watched of rows) {
        const known = facts.get(watched.sweep_id) ?? (await readSweepFacts(tx, watched.sweep_id));
        facts.set(watched.sweep_id, known);
        if (known !== null && (await lookAt(tx, watched, known))) found += 1;
      }
      return found;
    },
    (found) => found > 0,
  );
}

interface WatchedCondition {
  readonly notice_id: number;
  readonly condition: string;
  readonly memory: Json;
  readonly sweep_id: string;
  readonly finished_at: Date | null;
}

async function lookAt(tx: DatabaseTransaction, watched: WatchedCondition, facts: SweepFacts): Promise<boolean> {
  const { notice_id, condition, memory, finished_at } = watched;
  const occurrence = readCondition(condition).occurs(facts, memory);
  if (occurrence !== null) {
    const id = randomUUID();
    const payload: NoticePayload = {
      schema: 'dropsweep.notice/1',
      id,
      at: new Date().toISOString(),
      sweep: facts.sweep,
      condition,
      text: occurrence.text,
      state: facts.state,
      trainings: facts.trainings,
      ended: facts.ended,
      failed: facts.failed,
      objective: facts.objective?.metric ?? null,
      best: facts.best,
    };
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('notice_deliveries')
      .values({ id, notice_id, condition, payload: JSON.stringify(payload), problem: null })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 1n) return false;
  }
  if (occurrence === null && finished_at === null) return false;
  await sql`
    update notice_conditions set looked_at_end = ${finished_at},
      memory = ${JSON.stringify(occurrence === null ? memory : occurrence.memory)}
    where notice_id = ${notice_id} and condition = ${condition}`.execute(tx);
  return occurrence !== null;
}

interface DueRecord {
  readonly id: string;
  readonly attempt: number;
  readonly payload: NoticePayload;
  readonly kind: string;
  readonly address: string;
  readonly host: string | null;
  readonly folder: string | null;
}

/** Claims what is due and may be delivered from this host, oldest first; nobody else is given it meanwhile. */
export async function claimDeliveries(store: Store, host: string, limit: number): Promise<readonly ClaimedDelivery[]> {
  const { rows } = await sql<DueRecord>`
    with due as (
      select d.id from notice_deliveries d join notices n on n.id = d.notice_id
      where d.state = 'pending' and d.due_at <= now() and (d.claimed_until is null or d.claimed_until < now())
        and (n.host is null or n.host = ${host})
      order by d.due_at limit ${limit} for update of d skip locked)
    update notice_deliveries d set attempt = d.attempt + 1,
      claimed_until = now() + ${graceMs} * interval '1 millisecond'
    from due, notices n where d.id = due.id and n.id = d.notice_id
    returning d.id, d.attempt, d.payload, n.target_kind as kind, n.target as address, n.host, n.folder`.execute(
    store.db,
  );
  return rows.map(({ id, attempt, payload, ...target }) => ({ id, attempt, payload, target }));
}

/** Holds a claim as long as its attempt may take. @returns false: another attempt has begun since */
export async function holdDelivery(store: Store, { id, attempt, target }: ClaimedDelivery): Promise<boolean> {
  const ms = targetKind(target.kind).limitMs + graceMs;
  const { numUpdatedRows } = await store.db
    .updateTable('notice_deliveries')
    .set({ claimed_until: sql<Date>`now() + ${ms} * interval '1 millisecond'` })
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Records how an attempt ended: in the delivery, and among the sweep's events. Nothing where a newer one has begun. */
export async function settleDelivery(store: Store, claimed: ClaimedDelivery, result: DeliveryResult): Promise<void> {
  const { id, attempt, target, payload } = claimed;
  await transact(store, async (tx) => {
    const lasting = result.kind === 'failed' && result.again && attempt < mostAttempts;
    const waitSeconds = firstWaitSeconds * 2 ** (attempt - 1);
    const { rows } = await sql<{ notice: number; sweep_id: string }>`
      update notice_deliveries d set claimed_until = null,
        state = ${lasting ? 'pending' : result.kind},
        problem = ${result.kind === 'failed' ? result.problem : null},
        due_at = case when ${lasting} then now() + ${waitSeconds} * interval '1 second' else d.due_at end,
        settled_at = case when ${lasting} then null else now() end
      from notices n
      where d.id = ${id} and d.attempt = ${attempt} and d.state = 'pending' and n.id = d.notice_id
      returning n.id as notice, n.sweep_id`.execute(tx);
    const [row] = rows;
    if (row === undefined) return;
    const of = {
      notice: row.notice,
      on: payload.condition,
      [target.kind]: targetKind(target.kind).shown(target.address),
    };
    const detail =
      result.kind === 'delivered'
        ? { ...of, attempt, delivery: id }
        : {
            ...of,
            attempt,
            problem: result.problem,
            ...(lasting ? { again_in_seconds: waitSeconds } : {}),
            delivery: id,
          };
    const kind = result.kind === 'delivered' ? 'notice_delivered' : lasting ? 'notice_delayed' : 'notice_failed';
    await writeSweepEvent(tx, { sweepId: row.sweep_id, kind, detail });
  });
}

/** Gives a claim back whose attempt was broken off from here: it does not count. */
export async function giveDeliveryBack(store: Store, { id, attempt }: ClaimedDelivery): Promise<void> {
  await sql`
    update notice_deliveries set claimed_until = null, attempt = attempt - 1
    where id = ${id} and attempt = ${attempt} and state = 'pending'`.execute(store.db);
}
