import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { sha256 } from '../../base/sha256.ts';

/** Longer texts are lists of many rows, written once and never again. */
const longestPrepared = 8_000;

/** A statement that another connection prepared, or that this one has not: a pooler hands connections on between statements. */
const preparedElsewhere: ReadonlySet<unknown> = new Set(['26000', '42P05']);

/** Whether statements get names; false for good once a pooler has shown that names do not last. */
interface Naming {
  named: boolean;
}

/**
 * The pool, with every statement that has parameters prepared under a name made of its text: a connection plans it
 * once (docs/performance.md says what that gave). PostgreSQL plans anew when statistics or
 * tables change, so whoever loads many rows runs ANALYZE afterwards. Behind a pooler in transaction mode names are given
 * up at the first statement that meets one of another connection.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const naming: Naming = { named: true };
  return {
    connect: async () => preparingClient(await pool.connect(), naming),
    end: () => pool.end(),
  };
}

/**
 * The names of the statements that each connection has prepared, by their texts. Filters and lists of other lengths are
 * other texts, and PostgreSQL keeps a plan of each for as long as the connection is there.
 */
const prepared = new WeakMap<pg.PoolClient, Map<string, string>>();

/** A connection that has prepared more than so many is closed once it is free; the next query opens another. */
export const preparedAtMost = 250;

function namesOf(client: pg.PoolClient): Map<string, string> {
  const names = prepared.get(client) ?? new Map<string, string>();
  prepared.set(client, names);
  return names;
}

function nameOf(names: Map<string, string>, text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = sha256(text).slice(0, 32);
  names.set(text, name);
  return name;
}

function preparingClient(client: pg.PoolClient, naming: Naming): PostgresPoolClient {
  const names = namesOf(client);
  const named = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query({ name: nameOf(names, text), text, values: [...values] });
    } catch (error) {
      if (!preparedElsewhere.has(codeOf(error))) throw error;
      naming.named = false;
      // In a transaction, which has failed, this does too: whoever began it tries all of it again.
      return client.query(text, [...values]).catch((second: unknown) => {
        throw codeOf(second) === '25P02' ? error : second;
      });
    }
  };
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new TypeError('cursors are not used here');
    if (values.length === 0 || text.length > longestPrepared || !naming.named) return client.query(text, [...values]);
    return named(text, values);
  }
  return { query, release: () => client.release(names.size > preparedAtMost) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
