import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { freePort } from '../src/services/processes/free-port.ts';
import { startPostgres } from '../src/services/postgres/postgres-server.ts';
import { migrate } from '../src/store/database/migrate.ts';
import { openStore } from '../src/store/database/open-store.ts';
import type { PtyTerminal } from '../test/support/pty-terminal.ts';
import { recordFinishedSweep } from './cockpit/finished-sweep.ts';
import { watchHours } from './cockpit/hours.ts';
import { pressKeys } from './cockpit/keys.ts';
import { round } from './cockpit/quantile.ts';
import { cpuMs, leave, residentMiB, settled, watch } from './cockpit/watched-process.ts';

/**
 * The dashboard as a person has it: the built program on a real pseudo-terminal, over a PostgreSQL that holds a finished
 * sweep of so many simulated trials, for each of the sizes; and hours of one that is left open, as fast as they go.
 * `npm run bench:cockpit -- --trials 10000,100000 --hours 8`. Prints tables, then all of it as JSON. With `--hours` alone
 * nothing else is measured.
 */
const { values } = parseArgs({
  options: {
    trials: { type: 'string' },
    hours: { type: 'string' },
    idle: { type: 'string', default: '20' },
    columns: { type: 'string', default: '160' },
    rows: { type: 'string', default: '50' },
    times: { type: 'string', default: '3' },
  },
});
const sizes = (values.trials ?? (values.hours === undefined ? '10000,100000' : ''))
  .split(',')
  .filter(Boolean)
  .map(Number);
const columns = Number(values.columns);
const rows = Number(values.rows);
const sweep = 'cockpit';

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-cockpit-'));
const server = await startPostgres({
  dataDirectory: folder,
  port: await freePort(),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off', synchronous_commit: 'off' },
});
// Ended from outside, it takes along what it started: the dashboard goes with its pseudo-terminal.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(1)));
}
try {
  const measured = [];
  for (const trials of sizes) measured.push(await measure(trials));
  const hours = values.hours === undefined ? null : await hoursOf(Number(values.hours));
  const about = { cpu: cpus()[0]?.model, columns, rows, load: loadavg().map(round) };
  process.stdout.write(`${JSON.stringify({ ...about, sizes: measured, hours }, null, 1)}\n`);
} finally {
  await close();
}

async function close(): Promise<void> {
  server.process.kill('SIGINT');
  await sleep(500);
  rmSync(folder, { recursive: true, force: true });
  rmSync(server.clusterFolder, { recursive: true, force: true });
}

/** A database of its own. */
async function database(name: string): Promise<string> {
  const store = openStore(server.databaseUrl);
  await sql.raw(`create database ${name}`).execute(store.db);
  await store.close();
  const url = new URL(server.databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function measure(trials: number) {
  const databaseUrl = await database(`trials${trials}`);
  const store = openStore(databaseUrl);
  const recordingFrom = performance.now();
  await migrate(store);
  await recordFinishedSweep(store, sweep, trials);
  await store.close();
  const recordedSeconds = round((performance.now() - recordingFrom) / 1000);
  const pty = watch({ databaseUrl, home: folder, columns, rows, sweep });
  try {
    await pty.until((screen) => screen[0]?.startsWith('dropsweep') === true);
    const firstMs = performance.now() - pty.begunAt;
    await pty.until((screen) => screen[0]?.endsWith('COMPLETED') === true);
    const filledMs = performance.now() - pty.begunAt;
    // From the process's begin; what stands on the screen before the first reading is a frame too.
    const upMs = (pty.screenAt ?? pty.begunAt) - pty.begunAt;
    await settled(pty);
    const residentAtFirst = residentMiB(pty.pid);
    const views = await pressKeys(pty, Number(values.times));
    const idle = await idled(pty);
    const figures = {
      trials,
      recordedSeconds,
      processUpMs: round(upMs),
      firstFrameAfterUpMs: round(firstMs - upMs),
      filledAfterUpMs: round(filledMs - upMs),
      ...idle,
      residentMiBAtFirst: round(residentAtFirst),
      residentMiBAtTheEnd: round(residentMiB(pty.pid)),
      // The one with which it takes the screen.
      screenClears: pty.clears,
      load: loadavg().map(round),
    };
    console.table([figures]);
    console.table(views);
    return { ...figures, views };
  } finally {
    await leave(pty);
  }
}

/** Nobody touches it, and what the last key has left to do is done. */
async function idled(pty: PtyTerminal) {
  await sleep(6_000);
  const seconds = Number(values.idle);
  const before = { cpu: cpuMs(pty.pid), bytes: pty.bytes };
  await sleep(1_000 * seconds);
  return {
    idleCpuPercent: Math.round((10 * (cpuMs(pty.pid) - before.cpu)) / seconds) / 100,
    idleBytesPerSecond: round((pty.bytes - before.bytes) / seconds),
  };
}

async function hoursOf(hours: number) {
  const databaseUrl = await database('hours');
  const store = openStore(databaseUrl);
  try {
    await migrate(store);
    return await watchHours(store, { databaseUrl, home: folder, hours });
  } finally {
    await store.close();
  }
}
