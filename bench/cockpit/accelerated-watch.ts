import '../../src/cli/production-mode.ts';
import { appendFileSync, writeFileSync } from 'node:fs';
import { getHeapCodeStatistics } from 'node:v8';
import { sql } from 'kysely';
import { dashboardSource } from '../../src/cli/cockpit/dashboard-source.ts';
import { runDashboard } from '../../src/dashboard/run-dashboard.tsx';
import { openStore } from '../../src/store/database/open-store.ts';
import { readSweepSnapshot } from '../../src/store/views/sweep-reader.ts';

/*
 * The dashboard over a real record in which something happens before each reading, with a clock that goes fast: that is
 * `betweenMs` later each time, as far as it can tell. What it waits for between two readings is left out and nothing else.
 * After so many readings it leaves. Now and again it writes a line of JSON: readings, resident MiB, MiB in use after a
 * collection, and of these what is code; and at each reading how many there were, for whoever presses the keys.
 */
const [databaseUrl = '', sweep = '', file = '', counted = '', wanted = '0', between = '0'] = process.argv.slice(2);
const readings = Number(wanted);
const betweenMs = Number(between);
const samples = 48;

const store = openStore(databaseUrl);
const worker = openStore(databaseUrl);
const leaving = new AbortController();
const begun = Date.now();
let read = 0;
await runDashboard({
  readSnapshot: async ({ page, trials }) => {
    await change(read);
    const asked = { ...(page === undefined ? {} : { page }), onlyWhole: !trials };
    const snapshot = await readSweepSnapshot(store, sweep, asked);
    read += 1;
    writeFileSync(counted, String(read));
    if (read % Math.max(1, Math.floor(readings / samples)) === 0) sample();
    if (read >= readings) leaving.abort();
    return snapshot;
  },
  source: dashboardSource(store, { name: sweep }),
  listen: (changed) => store.listen(changed),
  command: async () => true,
  stdout: process.stdout,
  stdin: process.stdin,
  refreshMs: 1,
  restTimes: 0,
  now: () => new Date(begun + betweenMs * read),
  signal: leaving.signal,
});
await store.close();
await worker.close();

/** What a worker does to the record: a training goes on, one is scored, an event is told, and whoever listens hears. */
async function change(turn: number): Promise<void> {
  await sql`
    with l as (
      select l.training_id from sweep_trainings l join sweeps s on s.id = l.sweep_id
      where s.name = ${sweep} and l.ordinal = ${turn}::integer % (select count(*) from sweep_trainings a where a.sweep_id = s.id)),
    t as (
      update trainings set progress_step = (progress_step + 7) % total_steps
      where id = (select training_id from l) returning id),
    e as (
      update evaluations set metrics = jsonb_build_object('rows', 64, 'accuracy', random(), 'ece', random(), 'loss', random())
      where training_id in (select id from t) returning id)
    insert into sweep_events (training_id, kind) select id, 'checkpoint' from t`.execute(worker.db);
  await sql`select pg_notify('dropsweep_record', '')`.execute(worker.db);
}

function sample(): void {
  const residentMiB = process.memoryUsage.rss() / 2 ** 20;
  globalThis.gc?.();
  // Node compiles what is run often, again and again: that is no data, and ends with the last function.
  const code = getHeapCodeStatistics();
  const codeMiB = (code.code_and_metadata_size + code.bytecode_and_metadata_size) / 2 ** 20;
  const heapMiB = process.memoryUsage().heapUsed / 2 ** 20;
  appendFileSync(file, `${JSON.stringify({ readings: read, residentMiB, heapMiB, codeMiB })}\n`);
}
