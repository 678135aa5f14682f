import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { freePort } from '../src/services/free-port.ts';
import { startPostgres } from '../src/services/postgres-server.ts';
import { createSweep } from '../src/store/create-sweep.ts';
import { migrate } from '../src/store/migrate.ts';
import { openStore, type Store } from '../src/store/open-store.ts';
import { PtyTerminal } from '../test/support/pty-terminal.ts';
import { simulatedPlan } from '../test/support/simulated-plan.ts';

/**
 * The dashboard as a person has it: the built program on a real pseudo-terminal, over a PostgreSQL that holds a finished
 * sweep of so many simulated trials. `npm run bench:cockpit -- --trials 10000 --idle 20 --columns 160 --rows 50`.
 * Prints the first frame, from key to frame, idle CPU, bytes per update and memory, as JSON.
 */
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '10000' },
    idle: { type: 'string', default: '20' },
    columns: { type: 'string', default: '160' },
    rows: { type: 'string', default: '50' },
  },
});
const trials = Number(values.trials);
const columns = Number(values.columns);
const rows = Number(values.rows);

/** What a key changes is on the screen once nothing more comes for so long. */
const quietMs = 60;

const folder = mkdtempSync(join(tmpdir(), 'dropsweep-cockpit-'));
const server = await startPostgres({
  dataDirectory: folder,
  port: await freePort(),
  logFile: join(folder, 'postgres.log'),
  settings: { fsync: 'off', synchronous_commit: 'off' },
});
const store = openStore(server.databaseUrl);
try {
  await migrate(store);
  await fill(store);
  process.stdout.write(
    `${JSON.stringify({ cpu: cpus()[0]?.model, trials, columns, rows, ...(await measure()) }, null, 2)}\n`,
  );
} finally {
  await store.close();
  server.process.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
  rmSync(server.clusterFolder, { recursive: true, force: true });
}

/** Records the sweep as a launch does, and finishes all of it by statements: the workers are not what is measured. */
async function fill(to: Store): Promise<void> {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 10 };
  const plan = simulatedPlan({ name: 'cockpit', trainings: trials, parallelism: 8, simulation });
  const { sweepId } = await createSweep(to, { plan, datasets: [], launchedBy: { user: 'bench' } });
  await sql`
    update trainings set state = 'succeeded', step = total_steps, progress_step = total_steps, train_seconds = 1 + random(),
      finished_at = now(), attempt_count = 2, trainable_parameters = 9216`.execute(to.db);
  await sql`
    update evaluations set status = 'done', finished_at = now(), metrics = jsonb_build_object('rows', 64,
      'accuracy', round((0.8 + 0.15 * random())::numeric, 4), 'ece', round((0.1 * random())::numeric, 4),
      'loss', 0.3 + 0.2 * random(), 'mean_member_loss', 0.5, 'f1', 0.8, 'matthews', 0.6, 'brier', 0.2,
      'collapsed', false, 'reliability', '[]'::jsonb, 'inference_passes', 2)`.execute(to.db);
  await sql`update segments set status = 'done', finished_at = now()`.execute(to.db);
  await sql`update sweep_trainings set open = false`.execute(to.db);
  await sql`update sweeps set state = 'completed', finished_at = now() where id = ${sweepId}`.execute(to.db);
  await sql`
    insert into sweep_events (training_id, kind)
    select training_id, 'succeeded' from sweep_trainings where sweep_id = ${sweepId} limit 5000`.execute(to.db);
  await sql`vacuum analyze`.execute(to.db);
}

async function measure() {
  const program = resolve(import.meta.dirname, '../cli/main.js');
  const pty = new PtyTerminal({
    columns,
    rows,
    command: [process.execPath, program, 'watch', 'cockpit'],
    environment: { DATABASE_URL: server.databaseUrl, HOME: folder },
  });
  try {
    const empty = await pty.until((screen) => screen[0]?.startsWith('dropsweep') === true);
    const emptyMs = performance.now() - pty.begunAt;
    await pty.until((screen) => screen[0]?.endsWith('COMPLETED') === true);
    const filledMs = performance.now() - pty.begunAt;
    const upMs = (pty.screenAt ?? pty.begunAt) - pty.begunAt;
    await settled(pty);
    const memoryBefore = memoryOf(pty.pid);
    const keys = await pressed(pty);
    const idle = await idled(pty);
    return {
      // From the process's begin; what stands on the screen before the first reading is a frame too.
      process_up_ms: round(upMs),
      first_frame_after_up_ms: round(emptyMs - upMs),
      filled_after_up_ms: round(filledMs - upMs),
      first_line: empty[0],
      ...keys,
      ...idle,
      resident_mib_at_first: round(memoryBefore),
      resident_mib_at_the_end: round(memoryOf(pty.pid)),
    };
  } finally {
    await sleep(50);
    pty.press('q');
    await Promise.race([pty.end(), sleep(2_000)]);
    pty.kill();
  }
}

/** Every kind of key, some of them again and again: from the key to the last byte of what it changed. */
async function pressed(pty: PtyTerminal) {
  const byKey: Record<string, number[]> = {};
  const bytes: number[] = [];
  const round12 = ['j', '\u001B[6~', '2', 'j', 's', '3', 'j', '4', '5', '6', '7', 'j', '8', '9', '?', '?', '1'];
  for (const key of [...round12, ...round12, ...round12]) {
    const before = pty.bytes;
    const at = performance.now();
    pty.press(key);
    await settled(pty, at);
    const name = key.startsWith('\u001B') ? 'PgDn' : key;
    if (pty.bytes > before) (byKey[name] ??= []).push(pty.writtenAt - at);
    bytes.push(pty.bytes - before);
  }
  const all = Object.values(byKey).flat();
  return {
    key_to_last_byte_ms: {
      median: round(quantile(all, 0.5)),
      p95: round(quantile(all, 0.95)),
      most: round(quantile(all, 1)),
    },
    by_key_ms: Object.fromEntries(Object.entries(byKey).map(([key, times]) => [key, round(quantile(times, 0.5))])),
    bytes_per_update: { median: quantile(bytes, 0.5), most: quantile(bytes, 1) },
  };
}

/** Nobody touches it, and what the last key has left to do is done. */
async function idled(pty: PtyTerminal) {
  await sleep(5_000);
  const seconds = Number(values.idle);
  const before = { cpu: cpuSecondsOf(pty.pid), bytes: pty.bytes };
  await sleep(1_000 * seconds);
  return {
    idle_cpu_percent: round((100 * (cpuSecondsOf(pty.pid) - before.cpu)) / seconds),
    idle_bytes_per_second: round((pty.bytes - before.bytes) / seconds),
  };
}

/** Waits until nothing has been written for a while. @param from when what is waited for was begun */
async function settled(pty: PtyTerminal, from = pty.writtenAt): Promise<void> {
  const begun = performance.now();
  while (performance.now() - Math.max(pty.writtenAt, from) < quietMs && performance.now() - begun < 5_000)
    await sleep(2);
  if (pty.writtenAt < from) {
    while (pty.writtenAt < from && performance.now() - begun < 1_500) await sleep(2);
    if (pty.writtenAt >= from) await settled(pty);
  }
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
