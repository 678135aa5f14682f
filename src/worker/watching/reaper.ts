import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { isProvedDead } from '../slots/process-identity.ts';

/** A worker that the record believes alive. */
export interface RegisteredWorker {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly startTime: string;
}

/** The worker register, as the reaper uses it. */
export interface WorkerRegister {
  readLiveWorkers(host: string): Promise<readonly RegisteredWorker[]>;
  /**
   * Notes a worker's death and lets its leases run out now.
   * @returns the task tokens of the attempts that it held open
   */
  reapWorker(workerId: string): Promise<readonly Uint8Array[]>;
}

/**
 * Looks for workers of this host whose process is gone, and fails their activities, so that Temporal hands them out
 * again at once instead of after a heartbeat timeout. Several may reap one worker: the second finds no open attempts.
 * @returns the workers found dead
 */
export async function reapDeadWorkers(register: WorkerRegister, client: Client, host: string): Promise<string[]> {
  const dead = (await register.readLiveWorkers(host)).filter(isProvedDead);
  for (const worker of dead) {
    for (const taskToken of await register.reapWorker(worker.workerId)) await failActivity(client, taskToken);
  }
  return dead.map((worker) => worker.workerId);
}

async function failActivity(client: Client, taskToken: Uint8Array): Promise<void> {
  const failure = ApplicationFailure.retryable('its worker process has died', 'worker_died');
  // An activity that Temporal no longer knows needs no failing, and one that it cannot be told of times out.
  await client.activity.fail(taskToken, failure).catch(() => undefined);
}
