import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConditions } from '../../src/notices/conditions.ts';
import { addNotice } from '../../src/store/notices/notices.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { commandSweep } from '../../src/store/commands.ts';
import { readSweepEvents } from '../../src/store/views/sweep-events.ts';
import { startHookServer } from '../notices/hook-server.ts';
import { planOf } from '../store/record-under-test.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';

const dist = resolve(import.meta.dirname, '../../dist/src');
/** What a control worker delivers with, as a process of its own. */
const program = `
import { openWorkerRecord } from '${dist}/worker/open-worker-record.js';
import { postNotices } from '${dist}/worker/watching/notice-post.js';
import { targetKind } from '${dist}/notices/targets.js';
const warn = (what, error) => console.error(what, error);
const record = await openWorkerRecord({ databaseUrl: process.env.DATABASE_URL, slots: 1, warn });
const draining = new AbortController();
process.once('SIGTERM', () => draining.abort());
await postNotices({ record, host: 'here', targetKind, draining: draining.signal, warn, lookEveryMs: 500 });
await record.close();
`;

let database: TestDatabase;
let store: Store;
const posts: ChildProcess[] = [];
beforeEach(async () => {
  database = await startTestDatabase();
  store = openStore(database.databaseUrl);
  await migrate(store);
  await createSweep(store, { plan: planOf('s', 2), datasets: [], launchedBy: { who: 'test' } });
});
afterEach(async () => {
  for (const post of posts.splice(0)) if (post.exitCode === null) post.kill('SIGKILL');
  await store.close();
  await database.drop();
});

function startPost(): ChildProcess {
  const post = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DATABASE_URL: database.databaseUrl },
  });
  posts.push(post);
  return post;
}

async function setAndEnd(address: string): Promise<void> {
  await addNotice(store, 's', { kind: 'webhook', address, host: null, folder: null }, readConditions('end'));
  await commandSweep(store, 's', '00000000-0000-4000-8000-000000000001', { kind: 'cancel' });
}

async function kinds(): Promise<readonly string[]> {
  const [sweep] = (await sql<{ id: string }>`select id from sweeps`.execute(store.db)).rows;
  const events = await readSweepEvents(store.db, { sweepId: sweep?.id ?? '', limit: 50 });
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith('notice_'));
}

/** Time goes by: what waits is due, and claims of whoever is gone are over. */
const past = () =>
  sql`update notice_deliveries set due_at = now(), claimed_until = null where state = 'pending'`.execute(store.db);

const patience = { timeout: 20_000, interval: 50 };

describe('a control worker', () => {
  it('delivers after a server has answered 500, and ends when it is drained', async () => {
    const server = await startHookServer((response, count) => response.writeHead(count < 3 ? 500 : 200).end());
    const post = startPost();
    await setAndEnd(server.url);
    for (const count of [1, 2]) {
      await vi.waitFor(
        async () => expect((await kinds()).filter((kind) => kind === 'notice_delayed')).toHaveLength(count),
        patience,
      );
      await past();
    }
    await vi.waitFor(async () => expect(await kinds()).toContain('notice_delivered'), patience);
    const ids = server.requests.map(({ body }) => (JSON.parse(body) as { readonly id: string }).id);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    post.kill('SIGTERM');
    expect(await once(post, 'exit')).toEqual([0, null]);
    await server.close();
  }, 60_000);

  it('that is killed between claim and delivery is followed by another, which delivers under the same id', async () => {
    const server = await startHookServer((response, count) => {
      if (count > 1) response.writeHead(200).end(); // The first is never answered.
    });
    const killed = startPost();
    await setAndEnd(server.url);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1), patience);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await kinds()).toEqual(['notice_set']);
    startPost();
    await past();
    await vi.waitFor(async () => expect(await kinds()).toEqual(['notice_set', 'notice_delivered']), patience);
    const [first, second] = server.requests.map(({ body }) => body);
    expect(second).toBe(first);
    expect(server.requests).toHaveLength(2);
    await server.close();
  }, 60_000);

  it('whose server hangs gives the attempt back when it is drained', async () => {
    const server = await startHookServer(() => undefined);
    const post = startPost();
    await setAndEnd(server.url);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1), patience);
    post.kill('SIGTERM');
    expect(await once(post, 'exit')).toEqual([0, null]);
    const { rows } = await sql`select state, attempt, claimed_until from notice_deliveries`.execute(store.db);
    expect(rows).toEqual([{ state: 'pending', attempt: 0, claimed_until: null }]);
    await server.close();
  }, 60_000);
});
