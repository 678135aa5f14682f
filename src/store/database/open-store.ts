import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { DatabaseSchema } from './database-schema.ts';
import { preparing } from './preparing-pool.ts';
import { ChangeAnnouncer, listenForChanges, type RecordListener } from './record-changes.ts';
import { withTlsMode } from './tls-mode.ts';

export type Database = Kysely<DatabaseSchema>;
export type DatabaseTransaction = Transaction<DatabaseSchema>;

/** The record. All of this folder's functions take one. */
export interface Store {
  readonly db: Database;
  /** Resolves as soon as the database answers anything at all. */
  answers(): Promise<unknown>;
  /** Tells those that listen that the record has changed; not at once, and not each time. */
  announce(): void;
  /** Calls back whenever somebody tells that the record has changed. */
  listen(changed: () => void): RecordListener;
  close(): Promise<void>;
}

/** Epochs, sizes and row numbers stay far below 2^53. */
class BigintsAsNumbers extends pg.TypeOverrides {
  constructor() {
    super();
    this.setTypeParser(pg.types.builtins.INT8, Number);
  }
}

/** Opens a pool; connects on first use. */
export function openStore(databaseUrl: string, options: { readonly poolSize?: number } = {}): Store {
  const pool = new pg.Pool({
    connectionString: withTlsMode(databaseUrl),
    max: options.poolSize ?? 4,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: new BigintsAsNumbers(),
  });
  // A connection lost between two statements of a transaction: the next statement fails, "not queryable".
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined); // An idle connection was lost: the pool drops it, the next query opens another.
  const db = new Kysely<DatabaseSchema>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
  const send = (channel: string, text: string) => sql`select pg_notify(${channel}, ${text})`.execute(db);
  const announcer = new ChangeAnnouncer(send);
  return {
    db,
    answers: () => sql`select 1`.execute(db),
    announce: () => announcer.announce(),
    listen: (changed) => listenForChanges({ databaseUrl: withTlsMode(databaseUrl), send, changed }),
    close: async () => {
      await announcer.close();
      await db.destroy();
    },
  };
}

const retriedCodes = new Set([
  '40001',
  '40P01',
  // No room on its disk, or for one more connection: as if it were away, until there is.
  '53100',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  // Statements that a pooler parted from their connection: the pool gives up their names.
  '26000',
  '42P05',
  '08000',
  '08001',
  '08003',
  '08006',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** What pg, its pool and the network say in words; "not queryable": the connection broke while nothing was asked. */
const lostConnection =
  /Connection terminated|is not queryable|connect ENOENT|ECONNREFUSED|ETIMEDOUT|timeout expired|timeout exceeded when trying to connect/;
const attempts = 6;

/**
 * Runs one transaction, again after serialisation failures, deadlocks and lost connections. The body may run several
 * times, so it does nothing but database work. Those that listen are told.
 * @param changed whether the record is another for it than before
 */
export async function transact<T>(
  store: Store,
  body: (tx: DatabaseTransaction) => Promise<T>,
  changed: (result: T) => boolean = () => true,
): Promise<T> {
  const result = await tried(attempts, () => store.db.transaction().execute(body));
  if (changed(result)) store.announce();
  return result;
}

/** One consistent look, of which all statements see the same moment; takes no locks. Tried again once. */
export async function look<T>(store: Store, body: (tx: DatabaseTransaction) => Promise<T>): Promise<T> {
  return tried(2, () => lookOnce(store, body));
}

/** A look of which something leaves before its end: what was said cannot be said anew. */
export async function lookOnce<T>(store: Store, body: (tx: DatabaseTransaction) => Promise<T>): Promise<T> {
  return store.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(body);
}

async function tried<T>(times: number, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= times || !isTransient(error)) throw error;
      await sleep(Math.min(2_000, 25 * 2 ** attempt));
    }
  }
}

/** Whether the same work may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return retriedCodes.has(code) || lostConnection.test(`${code} ${error.message}`);
}
