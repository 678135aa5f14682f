import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { descendants, memoryOf } from './process-figures.ts';
import { TestMachine } from '../test/support/test-machine.ts';
import { type ProfileSnapshot, profileSettings, readProfile, tellProfile } from './statement-profile.ts';
import { throughputPlan } from './throughput-plans.ts';

/**
 * Empty trainings through the whole machine: PostgreSQL (fsync on), Temporal, a control worker, train workers, trainer
 * processes, checkpoint files, evaluations. `npm run bench:throughput -- --trainings 10000 --slots 4 --search asha`.
 * Prints trainings per second and CPU by role, over all and over the first and the last tenth, memory by role, and the
 * database's growth; with `--profile` also what PostgreSQL did in the first and in the last tenth, statement by statement.
 */
const { values } = parseArgs({
  options: {
    trainings: { type: 'string', default: '10000' },
    slots: { type: 'string', default: '4' },
    search: { type: 'string', default: 'grid' },
    profile: { type: 'boolean', default: false },
  },
});
const count = Number(values.trainings);
const slots = Number(values.slots);
const folder = join(tmpdir(), `dropsweep-throughput-${process.pid}`);
mkdirSync(folder, { recursive: true });
const machine = new TestMachine({ folder, slots, postgresSettings: values.profile ? profileSettings : {} });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void machine.stop().finally(() => process.exit(1)));
}
await machine.start();
const plan = throughputPlan(values.search, count, 2 * slots);
const bytesBefore = await machine.databaseBytes();
const insertedAt = performance.now();
const sweepId = await machine.launch(plan);
console.log(`inserted in ${seconds(insertedAt)} s`);
let finished = 0;
const looks: Look[] = [await lookNow()];
const memory: Readonly<Record<string, number>>[] = [];
const startedAt = performance.now();
while (finished < count) {
  await sleep(5_000);
  const before = finished;
  finished = await machine.finishedTrainings(sweepId);
  const mebibytes = memoryByRole();
  memory.push(mebibytes);
  looks.push(await lookNow());
  const told = Object.entries(mebibytes).map(([role, size]) => `${role} ${size}`);
  console.log(
    `${seconds(startedAt)} s: ${finished} trainings, ${((finished - before) / 5).toFixed(1)}/s; MiB: ${told.join(', ')}`,
  );
}
const cpu = (from: Look | undefined, to: Look | undefined) => {
  const trainings = (to?.finished ?? 0) - (from?.finished ?? 0);
  const spent = [...(to?.cpu ?? [])].map(([role, seconds]) => [
    role,
    round((1_000 * (seconds - (from?.cpu.get(role) ?? 0))) / trainings),
  ]);
  return Object.fromEntries(spent);
};
const [begun, ended] = [looks[0], looks.at(-1)];
const tenth = looks.find((look) => look.finished >= count / 10);
const lastTenth = looks.findLast((look) => look.finished <= 0.9 * count);
for (const [title, from, to] of [
  ['first tenth', begun, tenth],
  ['last tenth', lastTenth, ended],
] as const) {
  if (!from?.profile || !to?.profile) continue;
  console.log(tellProfile(title, from.profile, to.profile, to.finished - from.finished));
}
const rates = await machine.trainingRates(sweepId, Math.floor(count / 10));
const grown = (await machine.databaseBytes()) - bytesBefore;
console.log(
  JSON.stringify({
    search: values.search,
    trainings: count,
    train_workers: 2,
    slots_each: slots,
    ...rates,
    cpu_ms_per_training: {
      overall: cpu(begun, ended),
      first: cpu(begun, tenth),
      last: cpu(lastTenth, ended),
    },
    memory_mib: { after_a_tenth: memory[Math.floor(memory.length / 10)], at_the_end: memory.at(-1) },
    database_kib_per_training: round(grown / 1_024 / count),
  }),
);
await machine.stop();
machine.discard();
process.exit(0);

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

interface Look {
  readonly finished: number;
  readonly cpu: ReadonlyMap<string, number>;
  readonly profile: ProfileSnapshot | null;
}

async function lookNow(): Promise<Look> {
  const profile = values.profile ? await readProfile(machine.databaseUrl) : null;
  return { finished, cpu: cpuByRole(), profile };
}

/** CPU seconds so far, by what the process is for. */
function cpuByRole(): ReadonlyMap<string, number> {
  const roles = new Map<string, number>();
  for (const { role, cpuSeconds } of descendants()) {
    roles.set(role, (roles.get(role) ?? 0) + cpuSeconds);
  }
  return roles;
}

/** MiB now, by what the processes are for. */
function memoryByRole(): Readonly<Record<string, number>> {
  const roles: Record<string, number> = {};
  for (const { role, pid } of descendants()) roles[role] = (roles[role] ?? 0) + memoryOf(pid);
  return Object.fromEntries(Object.entries(roles).map(([role, bytes]) => [role, Math.round(bytes / 2 ** 20)]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
