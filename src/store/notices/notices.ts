import { sql } from 'kysely';
import { DropsweepError } from '../../base/errors.ts';
import type { Condition } from '../../notices/condition-kind.ts';
import type { Target } from '../../notices/target-kind.ts';
import { targetKind } from '../../notices/targets.ts';
import { sweepNotFound } from '../commands.ts';
import { readSweepFacts } from './notice-facts.ts';
import { type DatabaseTransaction, type Store, transact } from '../database/open-store.ts';
import { writeSweepEvent } from '../segments/settle-trainings.ts';

/** Whom a sweep tells something, on what, and how that went. */
export interface NoticeRow {
  readonly notice: number;
  readonly kind: string;
  /** The target without what may be secret. */
  readonly target: string;
  readonly host: string | null;
  readonly conditions: readonly string[];
  readonly delivered: number;
  readonly pending: number;
  readonly failed: number;
  /** Why the last attempt that failed did; null: none did. */
  readonly problem: string | null;
  readonly createdAt: Date;
}

/** Sets a notice. @returns its number @throws SWEEP_NOT_FOUND */
export function addNotice(
  store: Store,
  sweep: string,
  target: Target,
  conditions: readonly Condition[],
): Promise<number> {
  return transact(store, async (tx) => {
    const sweepId = await sweepIdOf(tx, sweep);
    const facts = await readSweepFacts(tx, sweepId);
    if (facts === null) throw await sweepNotFound(tx, sweep);
    const { id } = await tx
      .insertInto('notices')
      .values({
        sweep_id: sweepId,
        target_kind: target.kind,
        target: target.address,
        host: target.host,
        folder: target.folder,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('notice_conditions')
      .values(
        conditions.map((condition) => ({
          notice_id: id,
          condition: condition.text,
          memory: JSON.stringify(condition.begin(facts)),
        })),
      )
      .execute();
    const on = conditions.map(({ text }) => text).join(', ');
    const shown = targetKind(target.kind).shown(target.address);
    await writeSweepEvent(tx, { sweepId, kind: 'notice_set', detail: { notice: id, on, [target.kind]: shown } });
    return id;
  });
}

/** Takes a notice away, with what it has not told yet. @throws SWEEP_NOT_FOUND; USAGE where the sweep has no such notice */
export function removeNotice(store: Store, sweep: string, notice: number): Promise<void> {
  return transact(store, async (tx) => {
    const sweepId = await sweepIdOf(tx, sweep);
    const { numDeletedRows } = await tx
      .deleteFrom('notices')
      .where('id', '=', notice)
      .where('sweep_id', '=', sweepId)
      .executeTakeFirst();
    if (numDeletedRows === 1n) {
      await writeSweepEvent(tx, { sweepId, kind: 'notice_removed', detail: { notice } });
      return;
    }
    const there = await tx.selectFrom('notices').select('id').where('sweep_id', '=', sweepId).orderBy('id').execute();
    throw new DropsweepError('USAGE', `the sweep ${sweep} has no notice ${notice}`, {
      where: '--remove',
      expected: there.length === 0 ? 'none: it has no notices' : `one of ${there.map(({ id }) => id).join(', ')}`,
    });
  });
}

interface NoticeRecord extends Omit<NoticeRow, 'target'> {
  readonly address: string;
}

/** The notices of a sweep, in the order in which they were set. @throws SWEEP_NOT_FOUND */
export async function listNotices(store: Store, sweep: string): Promise<readonly NoticeRow[]> {
  const sweepId = await sweepIdOf(store.db, sweep);
  const { rows } = await sql<NoticeRecord>`
    select n.id as notice, n.target_kind as kind, n.target as address, n.host, n.created_at as "createdAt",
      (select array_agg(c.condition order by c.condition) from notice_conditions c where c.notice_id = n.id) as conditions,
      count(d.id) filter (where d.state = 'delivered') as delivered,
      count(d.id) filter (where d.state = 'pending') as pending,
      count(d.id) filter (where d.state = 'failed') as failed,
      (array_agg(d.problem order by d.created_at desc) filter (where d.problem is not null))[1] as problem
    from notices n left join notice_deliveries d on d.notice_id = n.id
    where n.sweep_id = ${sweepId} group by n.id order by n.id`.execute(store.db);
  return rows.map(({ address, ...row }) => ({ ...row, target: targetKind(row.kind).shown(address) }));
}

async function sweepIdOf(db: Pick<DatabaseTransaction, 'selectFrom'>, name: string): Promise<string> {
  const sweep = await db.selectFrom('sweeps').select('id').where('name', '=', name).executeTakeFirst();
  if (sweep === undefined) throw await sweepNotFound(db, name);
  return sweep.id;
}
