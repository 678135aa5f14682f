import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore, type Store, transact } from '../../src/store/database/open-store.ts';
import { ChangeAnnouncer, listenForChanges } from '../../src/store/database/record-changes.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('a listener', () => {
  let database: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    database = await startTestDatabase();
    store = openStore(database.databaseUrl);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('hears of transactions that changed something, from other processes too, and of no others', async () => {
    let heard = 0;
    const listener = store.listen(() => (heard += 1));
    await vi.waitFor(() => expect(listener.hears).toBe(true));
    const other = openStore(database.databaseUrl);
    await transact(
      other,
      async (tx) => sql`select 1`.execute(tx),
      () => false,
    );
    await sql`select pg_notify('dropsweep_record', ${randomUUID()})`.execute(other.db);
    await expect(transact(other, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await transact(other, async (tx) => sql`select 1`.execute(tx));
    await vi.waitFor(() => expect(heard).toBe(1));
    // What happens within a quarter of a second is told together, the last of it before the store is closed.
    for (let count = 0; count < 20; count += 1) await transact(other, async (tx) => sql`select 1`.execute(tx));
    await other.close();
    await vi.waitFor(() => expect(heard).toBeGreaterThanOrEqual(2));
    expect(heard).toBeLessThan(12);
    await listener.close();
  });

  it('knows that it hears nothing where a pooler gave its connection to somebody else', async () => {
    const listener = listenForChanges({
      databaseUrl: database.databaseUrl,
      // As if it were listening on a connection that nobody reads any more: words are sent and do not come.
      send: () => Promise.resolve(),
      changed: () => undefined,
      testEveryMs: 10,
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(listener.hears).toBe(false);
    await listener.close();
  });

  it('hears again after its connection was lost', async () => {
    const send = (channel: string, text: string) => sql`select pg_notify(${channel}, ${text})`.execute(store.db);
    const { databaseUrl } = database;
    let heard = 0;
    const listener = listenForChanges({ databaseUrl, send, changed: () => (heard += 1), testEveryMs: 100 });
    await vi.waitFor(() => expect(listener.hears).toBe(true));
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query = 'listen dropsweep_record'`.execute(store.db);
    await vi.waitFor(() => expect(listener.hears).toBe(false), { interval: 1 });
    await vi.waitFor(() => expect(listener.hears).toBe(true));
    await send('dropsweep_record', '');
    await vi.waitFor(() => expect(heard).toBe(1));
    await listener.close();
  });
});

describe('an announcer', () => {
  it('is not stopped by a database that is away', async () => {
    let sent = 0;
    const announcer = new ChangeAnnouncer(() => {
      sent += 1;
      return Promise.reject(new Error('ECONNREFUSED'));
    });
    announcer.announce();
    announcer.announce();
    expect(sent).toBe(1);
    await announcer.close();
    expect(sent).toBe(2);
  });
});
