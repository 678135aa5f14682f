import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DropsweepError } from '../../base/errors.ts';
import type { CliContext } from '../cli-context.ts';
import { exitStatus } from '../exit-status.ts';
import type { WorkerFlags } from '../local-verbs.ts';
import { runningMachine } from '../machine.ts';

/** A worker as a child in the foreground: it takes the terminal's signals itself. */
export async function worker(this: CliContext, flags: WorkerFlags): Promise<void> {
  const { databaseUrl, temporal, dataDirectory } = runningMachine();
  if (temporal === null) {
    throw new DropsweepError('SERVICE_UNAVAILABLE', 'a worker needs Temporal', {
      expected: 'TEMPORAL_ADDRESS, or this machine’s own services',
      fix: 'dropsweep up',
    });
  }
  const main = join(import.meta.dirname, '..', '..', 'worker', 'main.js');
  const slots = flags.slots === undefined ? [] : ['--slots', String(flags.slots)];
  const device = flags.device === undefined ? [] : ['--device', flags.device];
  const child = spawn(process.execPath, [main, ...slots, ...device, '--data', dataDirectory], {
    stdio: 'inherit',
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
  });
  // The terminal sends SIGINT to both; what comes to this process alone is handed on.
  const wait = (): void => undefined;
  const handOn = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', handOn);
  try {
    const [status]: unknown[] = await once(child, 'exit');
    this.process.exitCode = typeof status === 'number' ? status : exitStatus.failed;
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', handOn);
  }
}
