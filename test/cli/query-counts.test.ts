import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { PostgresWorkerLedger } from '../../src/store/segments/postgres-worker-ledger.ts';
import { startTestDatabase } from '../support/postgres.ts';
import { numericsClass, outcomeOf, planOf } from '../store/record-under-test.ts';
import { runInProcess } from './run-in-process.ts';

/* How often the record is asked does not grow with what is in it: of 3 trainings as of 60, of one sweep as of two. */

let folder: string;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await startTestDatabase();
  drop = () => database.drop();
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-queries-'));
  vi.stubEnv('DATABASE_URL', database.databaseUrl);
  vi.stubEnv('DROPSWEEP_DATA', folder);
  await migrate(openStoreOnce());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await store?.close();
  await drop();
  rmSync(folder, { recursive: true });
});

let store: ReturnType<typeof openStore> | undefined;
function openStoreOnce() {
  store ??= openStore(process.env['DATABASE_URL'] ?? '');
  return store;
}

async function finish(name: string, trainings: number): Promise<void> {
  const record = openStoreOnce();
  const { sweepId } = await createSweep(record, { plan: planOf(name, trainings), datasets: [], launchedBy: {} });
  const ledger = new PostgresWorkerLedger(record);
  for (let ordinal = 0; ; ordinal += 1) {
    const taken = await ledger.claim({
      slotKey: `${name} ${ordinal}`,
      ordinal: 0,
      sweepId,
      generation: 0,
      workerId: 'worker-1',
      numericsClass,
      storeId: 'store',
      taskToken: new Uint8Array([1]),
      leaseMs: 60_000,
    });
    if (taken.kind !== 'claimed') return;
    for (const segment of taken.bundle) await ledger.commit(segment.lease, outcomeOf(segment, ordinal / 1_000));
  }
}

async function queriesOf(words: readonly string[]): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const { status, stderr } = await runInProcess(words);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    return query.mock.calls.filter((call) => !isNotice(call)).length;
  } finally {
    query.mockRestore();
  }
}

/** What the ledger that filled the record tells of it, some time afterwards. */
function isNotice(call: readonly unknown[]): boolean {
  return JSON.stringify(call[0]).includes('pg_notify');
}

const verbs = [
  ['ls'],
  ['show', 'SWEEP', '--limit', '2'],
  ['show', 'SWEEP'],
  ['best', 'SWEEP'],
  ['pareto', 'SWEEP'],
  ['export', 'SWEEP', '--format', 'csv'],
  ['export', 'SWEEP', '--format', 'json'],
  ['export', 'SWEEP', '--format', 'jsonl'],
];

it('reading verbs ask as often of a large sweep as of a small one', async () => {
  const counts = async (sweep: string): Promise<readonly (readonly [string, number])[]> => {
    const counted: (readonly [string, number])[] = [];
    for (const words of verbs) {
      const own = words.map((word) => (word === 'SWEEP' ? sweep : word));
      counted.push([words.join(' '), await queriesOf(own)]);
    }
    return counted;
  };
  await finish('small', 3);
  const small = await counts('small');
  await finish('large', 60);
  expect(await counts('large')).toEqual(small);
  for (const [, queries] of small) expect(queries).toBeGreaterThan(0);
});
