import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../src/services/processes/free-port.ts';
import { startPostgres } from '../../src/services/postgres/postgres-server.ts';
import { temporalBinary } from '../../src/services/temporal/temporal-binary.ts';
import { stopTestTemporal } from './temporal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the run's PostgreSQL server, database `postgres`. */
    readonly postgresUrl: string;
    /** Folder that lives as long as the run. */
    readonly runFolder: string;
  }
}

/** One PostgreSQL for the whole run; Temporal is started by the first test that asks, and stopped here. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Where it has to be built, that takes minutes: more than a test may wait.
  await temporalBinary({ progress: (text) => process.stdout.write(`${text}\n`) });
  const runFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-test-'));
  const server = await startPostgres({
    dataDirectory: runFolder,
    port: await freePort(),
    logFile: path.join(runFolder, 'postgres.log'),
    settings: { fsync: 'off', synchronous_commit: 'off', max_connections: '200' },
  });
  const url = new URL(server.databaseUrl);
  url.pathname = '/postgres';
  project.provide('postgresUrl', url.href);
  project.provide('runFolder', runFolder);
  return async () => {
    await stopTestTemporal(runFolder);
    const gone = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.kill('SIGINT');
    await gone;
    rmSync(runFolder, { recursive: true, force: true });
    rmSync(server.clusterFolder, { recursive: true, force: true });
  };
}
