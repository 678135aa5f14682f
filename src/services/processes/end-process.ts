import { setTimeout as sleep } from 'node:timers/promises';
import { isProvedDead, type ProcessIdentity } from '../../worker/slots/process-identity.ts';

export interface EndStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

/** How each service is asked to end, gently first. */
export const endSteps: Readonly<Record<string, readonly EndStep[]>> = {
  postgres: [
    { signal: 'SIGINT', waitMs: 20_000 },
    { signal: 'SIGQUIT', waitMs: 10_000 },
  ],
  temporal: [{ signal: 'SIGTERM', waitMs: 5_000 }],
  worker: [{ signal: 'SIGTERM', waitMs: 30_000 }],
};

/** Sends the steps' signals one after another until the process is gone, SIGKILL at last. Never hits a reused pid. */
export async function endProcess(identity: ProcessIdentity, steps: readonly EndStep[]): Promise<void> {
  for (const { signal, waitMs } of [...steps, { signal: 'SIGKILL', waitMs: 10_000 } as const]) {
    if (isProvedDead(identity)) return;
    send(identity.pid, signal);
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline && !isProvedDead(identity)) await sleep(50);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
