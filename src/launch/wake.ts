import { readDeployment } from '../store/workers/drive-record.ts';
import type { OpenRecord } from './open-record.ts';

const connectMs = 2_000;

/**
 * Tells the sweep's workflow to look at the record now. Nothing depends on it: a server that is away or slow is no
 * error, the record is looked at every few seconds anyway.
 */
export async function wake({ store, machine }: OpenRecord, sweepId: string): Promise<void> {
  if (machine.temporal === null) return;
  const { address, namespace, tls, apiKey } = machine.temporal;
  const { Client, Connection } = await import('@temporalio/client');
  const { wakeSweep } = await import('../worker/watching/wake-sweep.ts');
  const connection = await Connection.connect({
    address,
    tls,
    connectTimeout: connectMs,
    ...(apiKey === undefined ? {} : { apiKey }),
  }).catch(() => null);
  if (connection === null) return;
  try {
    await wakeSweep(new Client({ connection, namespace }), { deployment: await readDeployment(store), sweepId });
  } finally {
    await connection.close();
  }
}
