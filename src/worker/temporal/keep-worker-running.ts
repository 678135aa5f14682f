import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { TemporalAddress } from './temporal-address.ts';

export interface KeepWorkerOptions {
  readonly temporal: TemporalAddress;
  readonly worker: Omit<WorkerOptions, 'connection' | 'namespace'>;
  /** Aborted: finish what runs, take nothing new, end. */
  readonly draining: AbortSignal;
  readonly failed: (error: unknown) => void;
}

const retryMs = 1_000;

/** Runs one Temporal worker until it is drained, and makes a new one whenever the server is away or it fails. */
export async function keepWorkerRunning(options: KeepWorkerOptions): Promise<void> {
  while (!options.draining.aborted) {
    try {
      await runOnce(options);
    } catch (error) {
      options.failed(error);
      await sleep(retryMs, undefined, { signal: options.draining }).catch(() => undefined);
    }
  }
}

async function runOnce({ temporal, worker: workerOptions, draining }: KeepWorkerOptions): Promise<void> {
  const connection = await connectNatively(temporal);
  try {
    const worker = await Worker.create({ ...workerOptions, connection, namespace: temporal.namespace });
    const shutDown = () => worker.shutdown();
    if (draining.aborted) return;
    draining.addEventListener('abort', shutDown);
    try {
      await worker.run();
    } finally {
      draining.removeEventListener('abort', shutDown);
    }
  } finally {
    await connection.close();
  }
}

export function connectNatively({ address, apiKey, tls }: TemporalAddress): Promise<NativeConnection> {
  return NativeConnection.connect({ address, tls, ...(apiKey === undefined ? {} : { apiKey }) });
}
