import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/services/processes/free-port.ts';
import { startPostgres } from '../src/services/postgres/postgres-server.ts';
import { migrate } from '../src/store/database/migrate.ts';
import { openStore, type Store } from '../src/store/database/open-store.ts';
import type { ClaimRequest } from '../src/store/segments/worker-ledger.ts';

/** An empty record on a PostgreSQL of its own. */
export interface ThrowawayRecord {
  readonly store: Store;
  readonly databaseUrl: string;
  /** Ends the server and removes all that it had. */
  close(): Promise<void>;
}

/** @param settings of PostgreSQL */
export async function openThrowawayRecord(
  name: string,
  poolSize: number,
  settings: Readonly<Record<string, string>>,
): Promise<ThrowawayRecord> {
  const folder = mkdtempSync(join(tmpdir(), `dropsweep-${name}-`));
  const server = await startPostgres({
    dataDirectory: folder,
    port: await freePort(),
    logFile: join(folder, 'postgres.log'),
    settings,
  });
  const store = openStore(server.databaseUrl, { poolSize });
  const close = async (): Promise<void> => {
    await store.close();
    const gone = once(server.process, 'exit');
    server.process.kill('SIGINT');
    await gone;
    rmSync(folder, { recursive: true, force: true });
    rmSync(server.clusterFolder, { recursive: true, force: true });
  };
  try {
    await migrate(store);
  } catch (error) {
    await close();
    throw error;
  }
  return { store, databaseUrl: server.databaseUrl, close };
}

/** What a slot of a bench asks for, `ordinal` times before. */
export function benchClaim(sweepId: string, slotKey: string, ordinal: number): ClaimRequest {
  return {
    ...{ slotKey, ordinal, sweepId },
    generation: 0,
    workerId: slotKey,
    numericsClass: 'bench',
    storeId: 'bench',
    taskToken: new Uint8Array(8),
    leaseMs: 60_000,
  };
}
