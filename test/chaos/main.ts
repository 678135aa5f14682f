import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TestMachine } from '../support/test-machine.ts';
import { runChaos } from './chaos-run.ts';
import { checkChaos } from './check-chaos.ts';

/** `npm run chaos -- --commands 1000 --seed 1`: the long run. Keeps its folder, with all logs, when something is wrong. */
const { values } = parseArgs({
  options: { commands: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
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
process.exit(wrong.length === 0 ? 0 : 1);
