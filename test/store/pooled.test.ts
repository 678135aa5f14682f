import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { look, openStore, type Store, transact } from '../../src/store/database/open-store.ts';
import { preparedAtMost } from '../../src/store/database/preparing-pool.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';

/**
 * A pooler in transaction mode hands out the server's connection of before, or another one: a statement prepared by name
 * may be gone, as DISCARD ALL makes it go here.
 */
describe('a connection whose prepared statements do not last', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await startTestDatabase();
    store = openStore(database.databaseUrl, { poolSize: 1 });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  const seven = (value: number) => sql<{ sum: number }>`select ${value}::integer + 6 as sum`;

  it('is worked with: alone, in a transaction and in a look, with names no more', async () => {
    expect((await seven(1).execute(store.db)).rows).toEqual([{ sum: 7 }]);
    await sql`deallocate all`.execute(store.db);
    expect((await seven(2).execute(store.db)).rows).toEqual([{ sum: 8 }]);
    const { rows } = await sql`select name from pg_prepared_statements`.execute(store.db);
    expect(rows).toEqual([]);
  });

  it.each([
    ['a transaction', transact],
    ['a look', look],
  ] as const)('has %s tried again', async (_, run) => {
    const fresh = openStore(database.databaseUrl, { poolSize: 1 });
    await seven(1).execute(fresh.db);
    await sql`deallocate all`.execute(fresh.db);
    const result = await run(fresh, async (tx) => (await seven(3).execute(tx)).rows[0]?.sum);
    expect(result).toBe(9);
    await fresh.close();
  });

  it('is closed once it has prepared more statements than are kept, and another takes its place', async () => {
    const fresh = openStore(database.databaseUrl, { poolSize: 1 });
    const backends = new Set<number>();
    let most = 0;
    for (let text = 0; text < 2 * preparedAtMost + 10; text += 1) {
      const { rows } = await sql<{ pid: number; kept: number }>`
        select pg_backend_pid() as pid, ${text}::integer as ${sql.raw(`of${text}`)},
          (select count(*) from pg_prepared_statements) as kept`.execute(fresh.db);
      for (const { pid, kept } of rows) {
        backends.add(pid);
        most = Math.max(most, kept);
      }
    }
    await fresh.close();
    expect(backends.size).toBe(2 + 1);
    expect(most).toBeLessThanOrEqual(preparedAtMost + 1);
  });
});
