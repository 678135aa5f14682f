import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createSweep } from '../../src/store/create-sweep.ts';
import type { Store } from '../../src/store/open-store.ts';
import { PtyTerminal } from '../../test/support/pty-terminal.ts';
import { simulatedPlan } from '../../test/support/simulated-plan.ts';
import { round } from './quantile.ts';

/** Of a sweep that runs and tells of changes: it is looked at so often an hour. */
const readingsAnHour = 720;
const trainings = 400;

interface Sample {
  readonly readings: number;
  readonly residentMiB: number;
  /** In use after a collection. */
  readonly heapMiB: number;
}

export interface HoursFigures {
  readonly hours: number;
  readonly readings: number;
  readonly events: number;
  readonly keys: number;
  readonly heapMiB: readonly number[];
  readonly residentMiB: readonly number[];
  /** Of what is in use, from the end of the first quarter to the end, in MiB for each hour. */
  readonly heapGrowthAnHour: number;
  readonly clears: number;
}

/** Keys of somebody who looks at all of it again and again. */
const round18 = ['2', 'j', 'j', 's', '3', 'j', '4', '5', 'j', '6', '7', 'j', '8', '9', '?', '?', '1', 'k'];

/** Hours of a dashboard that is left open over a sweep at work, as fast as it goes: readings, changes, events and keys. */
export async function watchHours(
  store: Store,
  { databaseUrl, home, hours }: { readonly databaseUrl: string; readonly home: string; readonly hours: number },
): Promise<HoursFigures> {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 100 };
  const plan = simulatedPlan({ name: 'hours', trainings, parallelism: 8, simulation });
  const { sweepId } = await createSweep(store, { plan, datasets: [], launchedBy: { user: 'bench' } });
  await sql`analyze`.execute(store.db);
  const file = join(home, 'samples.jsonl');
  const readings = Math.round(readingsAnHour * hours);
  const program = resolve(import.meta.dirname, 'accelerated-watch.js');
  const pty = new PtyTerminal({
    columns: 120,
    rows: 40,
    command: [process.execPath, '--expose-gc', program, databaseUrl, 'hours', file, String(readings)],
    environment: { HOME: home, COLORTERM: 'truecolor' },
  });
  const ended = new AbortController();
  void pty.end().then(() => ended.abort());
  let [events, keys] = [0, 0];
  try {
    await pty.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    while (!ended.signal.aborted) {
      await change(store, sweepId, events);
      events += 1;
      if (events % 20 === 0) {
        pty.press(round18[keys % round18.length] ?? '1');
        keys += 1;
      }
      await sleep(2);
    }
  } finally {
    pty.kill();
  }
  const samples: Sample[] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const [first, last] = [samples[Math.floor(samples.length / 4)], samples.at(-1)];
  if (first === undefined || last === undefined) throw new Error('the dashboard ended before it was sampled');
  const passed = (last.readings - first.readings) / readingsAnHour;
  return {
    hours,
    readings: last.readings,
    events,
    keys,
    heapMiB: samples.map(({ heapMiB }) => round(heapMiB)),
    residentMiB: samples.map(({ residentMiB }) => round(residentMiB)),
    heapGrowthAnHour: round(100 * ((last.heapMiB - first.heapMiB) / passed)) / 100,
    clears: pty.clears,
  };
}

/** What a worker does to the record: a training goes on, one is scored, an event is told, and whoever listens hears. */
async function change(store: Store, sweepId: string, turn: number): Promise<void> {
  const ordinal = turn % trainings;
  await sql`
    with t as (
      update trainings set progress_step = (progress_step + 7) % total_steps
      where id = (select training_id from sweep_trainings where sweep_id = ${sweepId} and ordinal = ${ordinal}) returning id),
    e as (
      update evaluations set metrics = jsonb_build_object('rows', 64, 'accuracy', random(), 'ece', random(), 'loss', random())
      where training_id in (select id from t) returning id)
    insert into sweep_events (training_id, kind) select id, 'checkpoint' from t`.execute(store.db);
  await sql`select pg_notify('dropsweep_record', '')`.execute(store.db);
}
