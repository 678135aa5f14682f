import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { descendants } from './process-figures.ts';
import { simulatedPlan } from '../test/support/simulated-plan.ts';
import { TestMachine } from '../test/support/test-machine.ts';

/**
 * Empty trainings through the whole machine: PostgreSQL (fsync on), Temporal, a control worker, train workers, trainer
 * processes, checkpoint files, evaluations. `npm run bench:throughput -- --trainings 10000 --slots 4`.
 * Prints trainings per second, over all and over the first and the last tenth.
 */
const { values } = parseArgs({
  options: { trainings: { type: 'string', default: '10000' }, slots: { type: 'string', default: '4' } },
});
const count = Number(values.trainings);
const slots = Number(values.slots);
const folder = join(tmpdir(), `dropsweep-throughput-${process.pid}`);
mkdirSync(folder, { recursive: true });
const machine = new TestMachine({ folder, slots });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void machine.stop().finally(() => process.exit(1)));
}
await machine.start();
const plan = simulatedPlan({
  name: `throughput-${count}`,
  trainings: count,
  parallelism: 2 * slots,
  simulation: { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 1 },
});
const cpuBefore = cpuByRole();
const insertedAt = performance.now();
const sweepId = await machine.launch(plan);
console.log(`inserted in ${seconds(insertedAt)} s`);
let finished = 0;
const startedAt = performance.now();
while (finished < count) {
  await sleep(5_000);
  const before = finished;
  finished = await machine.finishedTrainings(sweepId);
  console.log(`${seconds(startedAt)} s: ${finished} trainings, ${((finished - before) / 5).toFixed(1)}/s`);
}
const cpuAfter = cpuByRole();
const cpuMs = Object.fromEntries(
  [...cpuAfter].map(([role, seconds]) => [role, round((1_000 * (seconds - (cpuBefore.get(role) ?? 0))) / count)]),
);
const rates = await machine.trainingRates(sweepId, Math.floor(count / 10));
console.log(
  JSON.stringify({ trainings: count, train_workers: 2, slots_each: slots, ...rates, cpu_ms_per_training: cpuMs }),
);
await machine.stop();
machine.discard();
process.exit(0);

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

/** CPU seconds so far, by what the process is for. */
function cpuByRole(): ReadonlyMap<string, number> {
  const roles = new Map<string, number>();
  for (const { role, cpuSeconds } of descendants()) {
    roles.set(role, (roles.get(role) ?? 0) + cpuSeconds);
  }
  return roles;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
