import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TestMachine } from '../support/test-machine.ts';
import { adaptiveChaos } from './adaptive/adaptive-chaos.ts';
import { isSearchName, searchNames } from './adaptive/chaos-sweep.ts';
import { runChaos } from './chaos-run.ts';
import { checkChaos } from './check-chaos.ts';

/*
 * `npm run chaos -- --commands 1000 --seed 1`: commands and kills over small sweeps.
 * `npm run chaos -- --adaptive --faults 1000 --seed 1 --minutes 180`: faults of processes and connections over searches that
 * adapt (ASHA, PASHA and racing, each over TPE's points; one whose trainings programs ask for, one that learns from another),
 * and one that does not; meanwhile they are extended, and their budgets and parallelism are set.
 * Keeps its folder, with all logs, when something is wrong.
 */
const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    adaptive: { type: 'boolean', default: false },
    faults: { type: 'string', default: '200' },
    trainings: { type: 'string', default: '200' },
    searches: { type: 'string', default: searchNames.join(',') },
    minutes: { type: 'string', default: '30' },
  },
});
process.exit((await (values.adaptive ? faults() : commands())) ? 0 : 1);

async function faults(): Promise<boolean> {
  const searches = values.searches.split(',').map((name) => {
    if (!isSearchName(name)) throw new Error(`no search ${name}; there are ${searchNames.join(', ')}`);
    return name;
  });
  const wrong = await adaptiveChaos({
    ...{ seed: Number(values.seed), faults: Number(values.faults), trainings: Number(values.trainings), searches },
    ...{ withinMs: 60_000 * Number(values.minutes), log: (line) => console.log(line) },
  });
  return wrong.length === 0;
}

async function commands(): Promise<boolean> {
  const folder = join(tmpdir(), `dropsweep-chaos-${values.seed}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const machine = new TestMachine({ folder, drive: { segmentsPerRun: 2, segmentsPerSlice: 2, readingsPerRun: 4 } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void machine.stop().finally(() => process.exit(1)));
  }
  await machine.start();
  const report = await runChaos({
    machine,
    seed: Number(values.seed),
    commands: Number(values.commands),
    log: (line) => console.log(line),
  });
  const wrong = await checkChaos(machine, report, 300_000);
  console.log(JSON.stringify({ seed: values.seed, ...report, sweeps: report.sweeps.length, wrong }, null, 2));
  await machine.stop();
  if (wrong.length === 0) machine.discard();
  else console.log(`logs: ${folder}`);
  return wrong.length === 0;
}
