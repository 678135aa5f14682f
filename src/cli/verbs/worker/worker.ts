import type { DeviceWish } from '../../../runtime/devices/choose-device.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DropsweepError } from '../../../base/errors.ts';
import { builtFile } from '../../../services/processes/built-file.ts';
import type { CliContext } from '../../cli-context.ts';
import { exitStatus } from '../../output/exit-status.ts';
import { runningMachine } from '../../../launch/machine.ts';

export interface WorkerFlags {
  readonly slots?: number;
  readonly device?: DeviceWish;
}

/**
 * A worker as a child in the foreground. It stands in a process group of its own, so that a signal reaches it once, by
 * way of this process, whether the terminal sends it or somebody else; and it ends with this process, kill -9 too.
 */
export async function worker(this: CliContext, flags: WorkerFlags): Promise<void> {
  const { databaseUrl, temporal, dataDirectory } = runningMachine();
  if (temporal === null) {
    throw new DropsweepError('SERVICE_UNAVAILABLE', 'a worker needs Temporal', {
      expected: 'TEMPORAL_ADDRESS, or this machine’s own services',
      fix: 'dropsweep up',
    });
  }
  const main = builtFile('worker/main.js');
  const slots = flags.slots === undefined ? [] : ['--slots', String(flags.slots)];
  const device = flags.device === undefined ? [] : ['--device', flags.device];
  const child = spawn(process.execPath, [main, ...slots, ...device, '--data', dataDirectory], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
  });
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handOn);
  try {
    const [status]: unknown[] = await once(child, 'exit');
    this.process.exitCode = typeof status === 'number' ? status : exitStatus.failed;
  } finally {
    for (const signal of signals) process.off(signal, handOn);
  }
}
