import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { startPostgres } from '../../src/services/postgres/postgres-server.ts';
import { freePort } from '../../src/services/processes/free-port.ts';
import { TestMachine } from '../../test/support/test-machine.ts';
import { median, processor, round } from '../figures.ts';
import { descendants } from '../process-figures.ts';
import { throughputPlan } from '../throughput-plans.ts';

/**
 * Trials that compute nothing, by us, by Optuna on PostgreSQL (a process for each worker) and by Ray Tune with reused
 * actors, in turn: `node dist/bench/peers/throughput.js --python peers/bin/python --trials 1000 --workers 8 --search random
 * --rounds 3`. Each side is up before its clock begins. Prints each side's trials per second and CPU for each trial, of all of
 * its processes and services, by round and the median.
 */
const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    trials: { type: 'string', default: '1000' },
    workers: { type: 'string', default: '8' },
    search: { type: 'string', default: 'random' },
    rounds: { type: 'string', default: '3' },
    sides: { type: 'string', default: 'own,optuna,ray' },
  },
});
const program = path.resolve(import.meta.dirname, '../../../bench/peers/throughput_peers.py');
const trials = Number(values.trials);
const workers = Number(values.workers);

interface Ran {
  readonly side: string;
  readonly perSecond: number;
  readonly cpuMs: number;
}
const sides: Readonly<Record<string, (folder: string) => Promise<Omit<Ran, 'side'>>>> = {
  own: runOwn,
  optuna: (folder) => withPostgres(folder, (url) => runPeer('optuna', folder, { url })),
  ray: (folder) => runPeer('ray', folder, {}),
};

const all: Ran[] = [];
for (let turn = 0; turn < Number(values.rounds); turn += 1) {
  for (const side of values.sides.split(',')) {
    const run = sides[side];
    if (run === undefined) throw new Error(`--sides are of ${Object.keys(sides).join(', ')}, not ${side}`);
    const folder = mkdtempSync(path.join(tmpdir(), `dropsweep-peers-${side}-`));
    try {
      const ran = { side, ...(await run(folder)) };
      console.log(`round ${turn + 1}, ${side}: ${ran.perSecond} trials a second, ${ran.cpuMs} ms of CPU each`);
      all.push(ran);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
const command = `node dist/bench/peers/throughput.js ${process.argv.slice(2).join(' ')}`;
console.log(`${processor()}, ${new Date().toISOString().slice(0, 10)}: ${command}`);
console.table(
  values.sides.split(',').map((side) => {
    const ran = all.filter((each) => each.side === side);
    return {
      side,
      trials_per_second: median(ran.map(({ perSecond }) => perSecond)),
      cpu_ms_per_trial: median(ran.map((each) => each.cpuMs)),
    };
  }),
);

/** Two train workers of half the slots each, as in the throughput bench; the launch is within the time. */
async function runOwn(folder: string): Promise<Omit<Ran, 'side'>> {
  const machine = new TestMachine({ folder, slots: Math.ceil(workers / 2) });
  await machine.start();
  try {
    const plan = throughputPlan(values.search, trials, workers);
    const cpuBefore = cpuMs();
    const began = performance.now();
    const sweepId = await machine.launch(plan);
    while ((await machine.finishedTrainings(sweepId)) < trials) await sleep(100);
    return figures(performance.now() - began, cpuMs() - cpuBefore);
  } finally {
    await machine.stop();
    machine.discard();
  }
}

async function withPostgres<T>(folder: string, run: (url: string) => Promise<T>): Promise<T> {
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const server = await startPostgres({
    dataDirectory: data,
    port: await freePort(),
    logFile: path.join(folder, 'postgres.log'),
  });
  try {
    return await run(server.databaseUrl.replace('postgres://', 'postgresql+psycopg2://'));
  } finally {
    const gone = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.kill('SIGINT');
    await gone;
    rmSync(server.clusterFolder, { recursive: true, force: true });
  }
}

async function runPeer(side: string, folder: string, more: { readonly url?: string }): Promise<Omit<Ran, 'side'>> {
  const settings = path.join(folder, 'settings.json');
  const results = path.join(folder, 'results');
  writeFileSync(
    settings,
    JSON.stringify({ trials, workers, search: values.search, seed: 0, folder: results, ...more }),
  );
  const child = spawn(values.python, [program, side, settings], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    const lines = linesOf(child);
    await until(lines, (line) => line === 'ready');
    const cpuBefore = cpuMs();
    child.stdin.write('go\n');
    const answer: PeerAnswer = JSON.parse(await until(lines, (line) => line.startsWith('{')));
    if (answer.finished !== trials) throw new Error(`${side} finished ${answer.finished} of ${trials} trials`);
    return figures(1_000 * answer.seconds, cpuMs() - cpuBefore);
  } finally {
    child.stdin.end();
    await gone;
  }
}

interface PeerAnswer {
  readonly seconds: number;
  readonly finished: number;
}

function linesOf({ stdout }: { readonly stdout: Readable }): AsyncIterator<string> {
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}

async function until(lines: AsyncIterator<string>, wanted: (line: string) => boolean): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the peer ended before it answered');
    if (wanted(value)) return value;
  }
}

/** Of all processes that this one has started; those that ended count with whoever waited for them. */
function cpuMs(): number {
  return 1_000 * descendants().reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

function figures(ms: number, cpu: number): Omit<Ran, 'side'> {
  return { perSecond: round(trials / (ms / 1_000)), cpuMs: round(cpu / trials) };
}
