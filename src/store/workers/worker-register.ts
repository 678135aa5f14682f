import { sql } from 'kysely';
import { type Store, transact } from '../database/open-store.ts';

export interface WorkerEntry {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  /** As the operating system tells it: tells a process from a later one of the same pid. */
  readonly startTime: string;
  readonly role: string;
  readonly slots: number;
  /** Processor, cores and memory of its machine, in words; null: unknown. */
  readonly hardware: string | null;
}

/** A slot at its worker's last heartbeat, as it is stored. */
export interface SlotState {
  readonly slot: number;
  /** Of its trainer process; null: none runs. */
  readonly pid: number | null;
  /** Ids of the segments that it works on. */
  readonly segments: readonly string[];
  /** Processors that the process, and what it has started, kept busy since the heartbeat before; null: not known yet. */
  readonly processors: number | null;
  readonly memory_bytes: number | null;
  /** Of the machine, or of the control group: for all slots together. */
  readonly memory_limit_bytes: number;
  /** The graphics card that it computes on; null: it could not be sampled; absent: it computes on none. */
  readonly card?: SlotCard | null;
}

/** What a graphics card told at a heartbeat; null: it does not tell. */
export interface SlotCard {
  readonly number: number;
  /** Share of the last moments in which it computed, for whichever process. */
  readonly busy: number | null;
  /** Of the slot's own process. */
  readonly own_bytes: number | null;
  /** Of all processes. */
  readonly used_bytes: number | null;
  readonly total_bytes: number | null;
}

/** Who serves this database: for the reaper, and for people. */
export class PostgresWorkerRegister {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async register(entry: WorkerEntry): Promise<void> {
    const { workerId: id, host, pid, startTime: process_started, role, slots, hardware } = entry;
    await this.#store.db
      .insertInto('workers')
      .values({ id, host, pid, process_started, role, slots, hardware, numerics_class: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ ended_at: null }))
      .execute();
  }

  /** @param slots as they are now; null: the worker has none, or could not look */
  async heartbeat(workerId: string, slots: readonly SlotState[] | null = null): Promise<void> {
    const states = slots === null ? null : JSON.stringify(slots);
    await sql`
      update workers set last_seen = now(), slot_states = coalesce(${states}::jsonb, slot_states)
      where id = ${workerId}`.execute(this.#store.db);
  }

  async leave(workerId: string): Promise<void> {
    await sql`update workers set ended_at = now() where id = ${workerId}`.execute(this.#store.db);
  }

  /** Workers of a host that never said that they left. */
  async readLiveWorkers(host: string): Promise<{ workerId: string; host: string; pid: number; startTime: string }[]> {
    return this.#store.db
      .selectFrom('workers')
      .select(['id as workerId', 'host', 'pid', 'process_started as startTime'])
      .where('host', '=', host)
      .where('ended_at', 'is', null)
      .execute();
  }

  /**
   * Notes a worker's death and lets its leases run out now.
   * @returns the task tokens of the attempts that it held open, each once: a bundle has one for all of its segments
   */
  reapWorker(workerId: string): Promise<readonly Uint8Array[]> {
    return transact(this.#store, async (tx) => {
      await sql`update workers set ended_at = now() where id = ${workerId} and ended_at is null`.execute(tx);
      await sql`
        update segments s set lease_expires_at = now()
        from attempts a
        where a.worker_id = ${workerId} and a.ended_at is null and s.id = a.segment_id and s.lease_epoch = a.epoch
          and s.worker_id = a.worker_id and s.status = 'claimed'`.execute(tx);
      const { rows } = await sql<{ task_token: Buffer }>`
        with ended as (
          update attempts set ended_at = now(), outcome = 'worker_died'
          where worker_id = ${workerId} and ended_at is null returning task_token
        )
        select distinct task_token from ended`.execute(tx);
      return rows.map((row) => row.task_token);
    });
  }
}
