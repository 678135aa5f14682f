import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { sha256 } from '../base/sha256.ts';

/** Longer texts are lists of many rows, written once and never again. */
const longestPrepared = 8_000;

/**
 * The pool, with every statement that has parameters prepared under a name made of its text: a connection plans it
 * once (docs/performance.md says what that gave). PostgreSQL plans anew when statistics or
 * tables change, so whoever loads many rows runs ANALYZE afterwards.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  return {
    connect: async () => preparingClient(await pool.connect()),
    end: () => pool.end(),
  };
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = sha256(text).slice(0, 32);
  names.set(text, name);
  return name;
}

function preparingClient(client: pg.PoolClient): PostgresPoolClient {
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new TypeError('cursors are not used here');
    if (values.length === 0 || text.length > longestPrepared) return client.query(text, [...values]);
    return client.query({ name: nameOf(text), text, values: [...values] });
  }
  return { query, release: () => client.release() };
}
