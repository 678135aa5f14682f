import '../../src/cli/production-mode.ts';
import { appendFileSync } from 'node:fs';
import { dashboardSource } from '../../src/cli/dashboard-source.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { openStore } from '../../src/store/open-store.ts';
import { readSweepSnapshot } from '../../src/store/sweep-reader.ts';

/*
 * The dashboard over a real record with a clock that goes fast: each reading is five seconds after the one before, as far
 * as it can tell. After so many readings it leaves. Now and again it writes a line of JSON: readings, resident MiB, MiB in
 * use after a collection.
 */
const [databaseUrl = '', sweep = '', file = '', wanted = '0'] = process.argv.slice(2);
const readings = Number(wanted);
const betweenMs = 5_000;
const samples = 48;

const store = openStore(databaseUrl);
const leaving = new AbortController();
const begun = Date.now();
let read = 0;
await runDashboard({
  readSnapshot: async (page) => {
    const snapshot = await readSweepSnapshot(store, sweep, page === undefined ? {} : { page });
    read += 1;
    if (read % Math.max(1, Math.floor(readings / samples)) === 0) sample();
    if (read >= readings) leaving.abort();
    return snapshot;
  },
  source: dashboardSource(store, { name: sweep }),
  listen: (changed) => store.listen(changed),
  command: async () => undefined,
  stdout: process.stdout,
  stdin: process.stdin,
  refreshMs: 1,
  now: () => new Date(begun + betweenMs * read),
  signal: leaving.signal,
});
await store.close();

function sample(): void {
  const residentMiB = process.memoryUsage.rss() / 2 ** 20;
  globalThis.gc?.();
  appendFileSync(
    file,
    `${JSON.stringify({ readings: read, residentMiB, heapMiB: process.memoryUsage().heapUsed / 2 ** 20 })}\n`,
  );
}
