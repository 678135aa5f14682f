import { availableParallelism, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { sha256 } from '../base/sha256.ts';
import { readCount } from '../worker/worker-settings.ts';

export interface SupervisorSettings {
  readonly dataDirectory: string;
  readonly slots: number;
  readonly environment: NodeJS.ProcessEnv;
}

const bytesPerSlot = 4 * 2 ** 30;

/**
 * Trainings at once on this machine: DROPSWEEP_SLOTS, or a slot for each core, as far as 4 GiB for each reach: two
 * slots of one thread train 6 to 8 % more than one of two (`npm run bench:slots`), in twice the memory.
 * @throws DropsweepError USAGE
 */
export function slotsOf(environment: NodeJS.ProcessEnv): number {
  const { DROPSWEEP_SLOTS: asked } = environment;
  if (asked !== undefined) return readCount(asked, 'DROPSWEEP_SLOTS');
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / bytesPerSlot)));
}

export function readSupervisorSettings(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Omit<SupervisorSettings, 'dataDirectory'> & { readonly dataDirectory: string | undefined } {
  const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' }, slots: { type: 'string' } } });
  return { dataDirectory: values.data, slots: Number(values.slots ?? slotsOf(environment)), environment };
}

/** Tells apart which outside services an environment names, without naming them. */
export function outsideKey(environment: NodeJS.ProcessEnv): string {
  const names = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'];
  return sha256(JSON.stringify(names.map((name) => environment[name] ?? null)));
}
