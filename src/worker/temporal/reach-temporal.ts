import type { Connection } from '@temporalio/client';
import { DropsweepError } from '../../base/errors.ts';
import type { TemporalAddress } from './temporal-address.ts';

/** Why a Temporal server cannot be worked with, and what to do; null: it can. */
export interface TemporalFault {
  readonly reason: string;
  readonly fix: string;
  /** False: the setting is wrong, and waiting does not help. */
  readonly mayPass: boolean;
}

const addressForm = /^(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i;
const connectMs = 5_000;

/** One look at whether a server answers at the address and knows the namespace. */
export async function temporalFault(temporal: TemporalAddress): Promise<TemporalFault | null> {
  const { address, namespace, tls, apiKey } = temporal;
  const port = Number(addressForm.exec(address)?.[2] ?? Number.NaN);
  if (!(port >= 1 && port <= 65_535)) {
    const reason = `TEMPORAL_ADDRESS is ${address}`;
    return { reason, fix: 'write host:port without a scheme, e.g. temporal.example:7233', mayPass: false };
  }
  const client = await import('@temporalio/client');
  let connection: Connection;
  try {
    const key = apiKey === undefined ? {} : { apiKey };
    connection = await client.Connection.connect({ address, tls, connectTimeout: connectMs, ...key });
  } catch (error) {
    const reason = `Temporal does not answer at ${address}${tls ? ' (with TLS)' : ''}: ${firstLine(error)}`;
    return { reason, fix: 'start it, or correct TEMPORAL_ADDRESS and TEMPORAL_TLS', mayPass: true };
  }
  try {
    await connection.withDeadline(Date.now() + connectMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return null;
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : null;
    const notFound = 5;
    const denied = new Set<unknown>([7, 16]);
    if (code === notFound) {
      const reason = `Temporal at ${address} has no namespace ${namespace}`;
      return { reason, fix: 'create it, or correct TEMPORAL_NAMESPACE', mayPass: false };
    }
    // A key may be allowed to work in a namespace and not to look at it: the server answers, which is what is asked.
    if (denied.has(code) && apiKey !== undefined) return null;
    return { reason: `Temporal at ${address}: ${firstLine(error)}`, fix: 'read the server’s log', mayPass: true };
  } finally {
    await connection.close();
  }
}

/**
 * Waits a little for a server that may be on its way up.
 * @throws SERVICE_UNAVAILABLE with the address
 */
export async function demandTemporal(temporal: TemporalAddress, patienceMs: number): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const fault = await temporalFault(temporal);
    if (fault === null) return;
    if (fault.mayPass && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    throw new DropsweepError('SERVICE_UNAVAILABLE', fault.reason, { fix: fault.fix });
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
