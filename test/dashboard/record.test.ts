import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { carryOut } from '../../src/cli/cockpit/dashboard-commands.ts';
import { dashboardSource } from '../../src/cli/cockpit/dashboard-source.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { freePort } from '../../src/services/processes/free-port.ts';
import { startPostgres, type RunningPostgres } from '../../src/services/postgres/postgres-server.ts';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import { migrate } from '../../src/store/database/migrate.ts';
import { openStore, type Store } from '../../src/store/database/open-store.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';
import { withoutTemporal } from '../support/without-temporal.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { Emulator } from './emulator.ts';

/*
 * A person watches a sweep in a real PostgreSQL that nobody works on: no Temporal, no worker. They pause it, the
 * server is killed with -9 under the dashboard, comes back, and the dashboard goes on with what the record says.
 */
let folder: string;
let server: RunningPostgres;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-dashboard-'));
  server = await startServer(await freePort());
  store = openStore(server.databaseUrl);
  await migrate(store);
  const simulation = { step_ms: 1, failure_rate: 0, crash_rate: 0, steps: 10 };
  const plan = simulatedPlan({ name: 'watched', trainings: 30, parallelism: 2, simulation });
  await createSweep(store, { plan, datasets: [], launchedBy: { user: 'ada' } });
  const other = simulatedPlan({ name: 'other', trainings: 2, parallelism: 1, simulation });
  await createSweep(store, { plan: other, datasets: [], launchedBy: { user: 'ada' } });
});

afterAll(async () => {
  await store.close();
  await stopServer('SIGINT');
  rmSync(folder, { recursive: true, force: true });
  rmSync(server.clusterFolder, { recursive: true, force: true });
});

function startServer(port: number): Promise<RunningPostgres> {
  return startPostgres({ dataDirectory: folder, port, logFile: path.join(folder, 'postgres.log') });
}

function stopServer(signal: NodeJS.Signals): Promise<unknown> {
  const gone = new Promise((resolve) => server.process.once('exit', resolve));
  server.process.kill(signal);
  return gone;
}

it('shows what PostgreSQL holds, commands through it, and outlives it', async () => {
  const emulator = new Emulator(80, 24);
  const watched = { name: 'watched' };
  const watching = runDashboard({
    readSnapshot: ({ page, trials }) =>
      readSweepSnapshot(store, watched.name, { ...(page === undefined ? {} : { page }), onlyWhole: !trials }),
    source: dashboardSource(store, watched),
    command: (command) => carryOut({ store, machine: withoutTemporal(server.databaseUrl) }, watched, command),
    stdout: emulator.output(),
    stdin: emulator.stdin,
    refreshMs: 50,
    colour: false,
  });
  const first = await emulator.until((screen) => screen[0]?.startsWith('dropsweep watched') === true);
  expect(first[0]).toContain('SIMULATED: NOT RESULTS  RUNNING');
  expect(first[2]).toBe('0/30 trainings · 0 running · 30 waiting · parallelism 2');
  expect(first[3]).toContain('trials 1–7 of 30 by accuracy');

  emulator.press('5');
  const events = await emulator.until((screen) => screen[3]?.startsWith('── events') === true);
  expect(events[4]).toMatch(/^> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S+ launched/);
  emulator.press('6');
  const sweeps = await emulator.until((screen) => screen[5]?.startsWith('> other') === true);
  expect(sweeps[6]).toMatch(/^ {2}watched running +0 % +0\/30 .*\d+ s ago SIMULATED$/);
  // Another sweep is watched, and this one again.
  emulator.press('\r');
  await emulator.until((screen) => screen[0]?.startsWith('dropsweep other') === true);
  emulator.press('6');
  await emulator.until((screen) => screen[5]?.startsWith('> other') === true);
  emulator.press('j\r');
  await emulator.until((screen) => screen[0]?.startsWith('dropsweep watched') === true);
  emulator.press('2jj\r');
  const trial = await emulator.until((screen) => screen[3]?.startsWith('── trial 3 1–19 of') === true);
  expect(trial[4]).toBe('> state                    waiting, step 0 of 10, 0 segments claimed');
  emulator.press('\r');
  const curves = await emulator.until((screen) => screen[3]?.startsWith('── trial 3, training loss') === true);
  expect(curves[3]).toContain('── log: waiting, step 0 of 10');
  emulator.press('\u001B');
  await emulator.until((screen) => screen[3]?.startsWith('── trial 3 1–19 of') === true);
  emulator.press('\u001B');
  const back = await emulator.until((screen) => screen[3]?.startsWith('── trials 1–17 of 30') === true);
  expect(back[7]).toMatch(/^ > +3 /);
  emulator.press('1');
  await emulator.until((screen) => screen[3]?.startsWith('── trials 1–7 of 30') === true);

  // Trials by what is typed, or pasted; esc shows all again.
  emulator.press('/trial>27 state:waitng\r');
  await emulator.until((screen) => screen[22] === '! at 16: there is no state waitng; did you mean waiting?');
  expect((await emulator.screen())[23]).toMatch(/^\/trial>27 state:waitng/);
  emulator.press('\u0015');
  emulator.press('\u001B[200~trial>27 state:waiting\u001B[201~');
  await emulator.until((screen) => screen[23]?.startsWith('/trial>27 state:waiting') === true);
  emulator.press('\r');
  const filtered = await emulator.until(
    (screen) => screen[3]?.includes('where trial>27 state:waiting: 3 of 30') === true,
  );
  expect(filtered.slice(5, 9).map((line) => line.slice(0, 6))).toEqual([' >  28', '    29', '    30', '']);
  emulator.press('\u001B');
  await emulator.until((screen) => screen[3]?.startsWith('── trials 1–7 of 30') === true);

  // By name, from anywhere.
  emulator.press(':training 31');
  await emulator.until((screen) => screen[23]?.startsWith(':training 31') === true);
  emulator.press('\r');
  await emulator.until((screen) => screen[22] === '! training needs a number from 1 to 30');
  emulator.press('\u007F');
  emulator.press('0\r');
  await emulator.until((screen) => screen[3]?.startsWith('── trial 30, training loss') === true);
  emulator.press('\u001B');
  await emulator.until((screen) => screen[3]?.startsWith('── trials 1–7 of 30') === true);

  await emulator.pressAlone('p');
  await emulator.until((screen) => screen[0]?.endsWith('PAUSED') === true);
  await emulator.pressAlone('+');
  await emulator.until((screen) => screen[2]?.endsWith('parallelism 3') === true);
  // What was asked for shows before it is written.
  await vi.waitFor(async () => {
    const recorded = await readSweepSnapshot(store, 'watched');
    expect([recorded.desiredState, recorded.desiredParallelism]).toEqual(['paused', 3]);
  });

  const port = Number(new URL(server.databaseUrl).port);
  await stopServer('SIGKILL');
  const away = await emulator.until((screen) => screen[22]?.startsWith('! PostgreSQL away since') === true);
  expect(away[2]).toContain('30 waiting');
  server = await startServer(port);
  await emulator.until((screen) => screen[22]?.startsWith('!') === false);
  emulator.press(':res\r');
  await emulator.until((screen) => screen[22] === 'keys that command are taken one at a time');
  emulator.press(':res');
  await emulator.until((screen) => screen[23]?.startsWith(':res') === true);
  await emulator.pressAlone('\r');
  await emulator.until((screen) => screen[0]?.endsWith('RUNNING') === true);
  await emulator.pressAlone('q');
  expect(await watching).toBe('left');
});
