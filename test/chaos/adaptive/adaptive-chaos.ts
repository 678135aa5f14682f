import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChaosMachine } from './chaos-machine.ts';
import { checkFaults, leftProcesses } from './check-faults.ts';
import { type FaultOptions, runFaults } from './run-faults.ts';

const completesWithinMs = 240_000;

/**
 * Faults over sweeps on a machine of their own, and what is wrong afterwards: sentences, none where all is accounted for.
 * Prints what it did, and removes its folder where nothing is wrong.
 */
export async function adaptiveChaos(options: Omit<FaultOptions, 'machine'>): Promise<readonly string[]> {
  const { seed, log } = options;
  const folder = join(tmpdir(), `dropsweep-chaos-${seed}-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const machine = new ChaosMachine(folder);
  const leave = (): void => {
    machine.end();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  const startedAt = performance.now();
  const wrong: string[] = [];
  try {
    await machine.start();
    const report = await runFaults({ ...options, machine });
    wrong.push(...(await checkFaults(machine, report, completesWithinMs)));
    await machine.stop();
    wrong.push(...(await leftProcesses(machine)));
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const sweeps = report.sweeps.map(({ name, extensions }) => `${name}, extended ${extensions} times`);
    log(JSON.stringify({ seed, faults: report.faults, counts: report.counts, sweeps, seconds, wrong }, null, 2));
  } catch (error) {
    machine.end();
    throw error;
  }
  if (wrong.length === 0) machine.discard();
  else log(`logs: ${folder}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, leave);
  return wrong;
}
