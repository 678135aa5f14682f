import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { memoryOf, processesOf } from './process-figures.ts';

/**
 * A large grid of empty trainings through the product's own commands, on services of its own: how long until the first
 * training is done, how many a second, what every process holds in memory, and how long the commands that read take
 * afterwards, each in a process of its own. `npm run bench:large -- --points 10000 --slots 4`.
 */
const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '10000' },
    slots: { type: 'string', default: '4' },
    search: { type: 'string', default: 'grid' },
    readings: { type: 'string', default: '3' },
  },
});
const points = Number(values.points);
const folder = mkdtempSync(join(tmpdir(), 'dropsweep-large-'));
const main = resolve(import.meta.dirname, '../cli/main.js');
const environment = {
  ...process.env,
  DROPSWEEP_DATA: join(folder, 'data'),
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  DROPSWEEP_SLOTS: values.slots,
};
const file = join(folder, 'sweep.yaml');
writeFileSync(file, sweepFile());
try {
  await run('up');
  await measure();
} finally {
  await run('down');
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const launchedAt = performance.now();
  const launching = run('launch', file, '--detach');
  let launchSeconds: number | null = null;
  void launching.then(() => (launchSeconds = seconds(launchedAt)));
  let firstSeconds: number | null = null;
  const memory: { done: number; mib: Record<string, number> }[] = [];
  let at = launchedAt;
  for (let done = 0; done < points; ) {
    await sleep(firstSeconds === null ? 200 : 5_000);
    const before = done;
    const listed = await list();
    done = listed?.done ?? 0;
    if (done > 0) firstSeconds ??= seconds(launchedAt);
    const rate = (1_000 * (done - before)) / (performance.now() - at);
    at = performance.now();
    if (firstSeconds === null) continue;
    memory.push({ done, mib: memoryMiB() });
    console.log(`${seconds(launchedAt).toFixed(1)} s: ${done} done, ${rate.toFixed(1)}/s`);
    if (listed?.over === true) break;
  }
  await launching;
  const overall = points / seconds(launchedAt);
  const tenths = [0.1, 0.5, 1].map((part) => memory.find(({ done }) => done >= part * points));
  console.log(JSON.stringify({ points, launchSeconds, firstSeconds, overall, memory: tenths }, null, 1));
  const commands = [
    ['ls'],
    ['show', 'large', '--limit', '20'],
    ['best', 'large'],
    ['pareto', 'large'],
    ['export', 'large', '--out', join(folder, 'trials.csv'), '--force'],
  ];
  for (const command of commands) {
    const took: number[] = [];
    for (let reading = 0; reading < Number(values.readings); reading += 1) {
      const from = performance.now();
      await run(...command);
      took.push(seconds(from));
    }
    took.sort((a, b) => a - b);
    const [least, median] = [took[0] ?? 0, took[Math.floor(took.length / 2)] ?? 0];
    console.log(`${command[0]}: least ${least.toFixed(2)} s, median ${median.toFixed(2)} s`);
  }
}

async function list(): Promise<{ done: number; over: boolean } | null> {
  const { rows }: { rows: readonly { finished: number; state: string }[] } = JSON.parse(
    await run('ls', '--format', 'json'),
  );
  const [sweep] = rows;
  return sweep === undefined ? null : { done: sweep.finished, over: sweep.state === 'completed' };
}

/** @throws Error with what the command said, where it failed */
async function run(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (status !== 0) throw new Error(`dropsweep ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The largest process of each kind, in MiB. */
function memoryMiB(): Record<string, number> {
  const largest: Record<string, number> = {};
  for (const { role, pid } of processesOf(folder)) {
    largest[role] = Math.max(largest[role] ?? 0, Math.round(memoryOf(pid) / 2 ** 20));
  }
  return largest;
}

function seconds(since: number): number {
  return (performance.now() - since) / 1_000;
}

function sweepFile(): string {
  // 4 rates x 2 penalties x 25 learning rates, repeated with as many seeds as it takes.
  const seeds = Array.from({ length: Math.ceil(points / 200) }, (_, seed) => seed);
  const rates = Array.from({ length: 25 }, (_, index) => (index + 1) * 1e-4);
  return `name: large
base: sentence-transformers/all-MiniLM-L6-v2
trainer: simulated
simulation: {steps: 1, step_ms: 0}
task:
  kind: text-classification
  data: {package: spam-assassin}
  train_rows: 32
  dev_rows: 32
space:
  p: [0.1, 0.2, 0.3, 0.4]
  sparsity: [0, 0.001]
  learning_rate: [${rates.join(', ')}]
  seed: [${seeds.join(', ')}]
search: {kind: ${values.search}${values.search === 'grid' ? '' : `, trials: ${points / seeds.length}`}}
parallelism: ${2 * Number(values.slots)}
`;
}
