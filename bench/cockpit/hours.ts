import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { createSweep } from '../../src/store/plans/create-sweep.ts';
import type { Store } from '../../src/store/database/open-store.ts';
import { PtyTerminal } from '../../test/support/pty-terminal.ts';
import { simulatedPlan } from '../../test/support/simulated-plan.ts';
import { round } from './quantile.ts';

/** Between two changes of the record, each of which is heard and read; without any a dashboard that listens looks as often. */
const betweenMs = 5_000;
const readingsAnHour = 3_600_000 / betweenMs;
/** Readings for each key: one in ten seconds. */
const readingsAKey = 2;
const trainings = 400;

interface Sample {
  readonly readings: number;
  readonly residentMiB: number;
  /** In use after a collection. */
  readonly heapMiB: number;
  /** Of these: compiled functions. */
  readonly codeMiB: number;
}

export interface HoursFigures {
  readonly hours: number;
  readonly seconds: number;
  /** As many as there were changes. */
  readonly readings: number;
  readonly keys: number;
  readonly heapMiB: readonly number[];
  readonly codeMiB: readonly number[];
  readonly residentMiB: readonly number[];
  /** From the end of the first quarter to the end, in MiB for each hour: of what is in use, and of its data alone. */
  readonly heapGrowthAnHour: number;
  readonly dataGrowthAnHour: number;
  readonly clears: number;
}

/** Keys of somebody who looks at all of it again and again. */
const round18 = ['2', 'j', 'j', 's', '3', 'j', '4', '5', 'j', '6', '7', 'j', '8', '9', '?', '?', '1', 'k'];

/**
 * Hours of a dashboard that is left open over a sweep at work, as fast as it goes: as many changes, readings and keys as
 * those hours have, without the waiting between them.
 */
export async function watchHours(
  store: Store,
  { databaseUrl, home, hours }: { readonly databaseUrl: string; readonly home: string; readonly hours: number },
): Promise<HoursFigures> {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 100 };
  const plan = simulatedPlan({ name: 'hours', trainings, parallelism: 8, simulation });
  await createSweep(store, { plan, datasets: [], launchedBy: { user: 'bench' } });
  await sql`analyze`.execute(store.db);
  const [file, counted] = [join(home, 'samples.jsonl'), join(home, 'readings')];
  const readings = Math.round(readingsAnHour * hours);
  const program = resolve(import.meta.dirname, 'accelerated-watch.js');
  const command = [process.execPath, '--expose-gc', program, databaseUrl, 'hours', file, counted];
  const begun = performance.now();
  const pty = new PtyTerminal({
    columns: 120,
    rows: 40,
    command: [...command, String(readings), String(betweenMs)],
    environment: { HOME: home, COLORTERM: 'truecolor' },
  });
  const ended = new AbortController();
  void pty.end().then(() => ended.abort());
  let keys = 0;
  let told = begun;
  try {
    await pty.until((screen) => screen[0]?.endsWith('RUNNING') === true);
    while (!ended.signal.aborted) {
      const read = existsSync(counted) ? Number(readFileSync(counted, 'utf8')) : 0;
      if (read >= readingsAKey * (keys + 1)) {
        pty.press(round18[keys % round18.length] ?? '1');
        keys += 1;
      } else await sleep(5);
      if (performance.now() - told < 60_000) continue;
      told = performance.now();
      process.stderr.write(`${(read / readingsAnHour).toFixed(1)} of ${hours} hours\n`);
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
  const perHour = (grown: number): number => Math.round(1_000 * (grown / passed)) / 1_000;
  const passed = (last.readings - first.readings) / readingsAnHour;
  return {
    hours,
    seconds: round((performance.now() - begun) / 1_000),
    readings: last.readings,
    keys,
    heapMiB: samples.map(({ heapMiB }) => round(heapMiB)),
    codeMiB: samples.map(({ codeMiB }) => round(codeMiB)),
    residentMiB: samples.map(({ residentMiB }) => round(residentMiB)),
    heapGrowthAnHour: perHour(last.heapMiB - first.heapMiB),
    dataGrowthAnHour: perHour(last.heapMiB - last.codeMiB - (first.heapMiB - first.codeMiB)),
    clears: pty.clears,
  };
}
