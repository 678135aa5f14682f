import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/services/processes/free-port.ts';
import { type RunningPostgres, startPostgres } from '../../src/services/postgres/postgres-server.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore } from '../../src/store/database/open-store.ts';
import { PtyTerminal } from '../support/pty-terminal.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { emptyHome } from './run-cli.ts';

/*
 * Somebody watches a sweep when its database goes away: what was read stays on the screen with how long ago that was, and
 * keys still work. When the database comes back, so does the sweep, without a word from anybody.
 */
const home = emptyHome();
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-away-'));
const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
let server: RunningPostgres;
let start: () => Promise<RunningPostgres>;
let pty: PtyTerminal | null = null;

beforeAll(async () => {
  const port = await freePort();
  start = () => startPostgres({ dataDirectory: folder, port, logFile: join(folder, 'postgres.log') });
  server = await start();
  const store = openStore(server.databaseUrl);
  await migrate(store);
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 10 };
  const plan = simulatedPlan({ name: 'away', trainings: 12, parallelism: 2, simulation });
  await createSweep(store, { plan, datasets: [], launchedBy: { user: 'test' } });
  await store.close();
});

afterAll(() => {
  pty?.kill();
  server.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  rmSync(server.clusterFolder, { recursive: true, force: true });
});

it('shows how long the database has been away, takes keys meanwhile, and goes on when it is back', {
  timeout: 200_000,
}, async () => {
  const at = new PtyTerminal({
    columns: 100,
    rows: 24,
    command: [process.execPath, main, 'watch', 'away'],
    environment: { DATABASE_URL: server.databaseUrl, HOME: home },
  });
  pty = at;
  await at.until((screen) => /^dropsweep away .*RUNNING$/.test(screen[0] ?? ''));
  const gone = once(server.process, 'exit');
  server.process.kill('SIGINT');
  await at.until(
    (screen) => /^! PostgreSQL away since \d\d:\d\d:\d\dZ?, for \d+ s, trying/.test(screen[22] ?? ''),
    40_000,
  );
  const age = (screen: readonly string[]) => Number(/for (\d+) s/.exec(screen[22] ?? '')?.[1]);
  const first = age(await at.screen());
  await at.until((screen) => age(screen) > first);
  const away = await at.screen();
  expect(away[0]).toMatch(/^dropsweep away .*RUNNING$/);
  expect(away[3]).toMatch(/^── trials /);
  await sleep(120);
  at.press('?');
  await at.until((screen) => screen[3]?.startsWith('── keys') === true);
  at.press('?');
  await gone;
  server = await start();
  await at.until((screen) => screen[22]?.includes('PostgreSQL') === false && screen[0]?.endsWith('RUNNING') === true);
  await sleep(120);
  at.press('q');
  await at.end();
});
