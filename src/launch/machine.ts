import type { Progress } from '../base/progress.ts';
import { DropsweepError } from '../base/errors.ts';
import { dataDirectoryOf } from '../services/data-directory.ts';
import { ensureServices, readServices, type Services } from '../services/ensure-services.ts';
import { demandTemporal } from '../worker/temporal/reach-temporal.ts';
import { withoutPassword } from '../store/database/database-refusal.ts';
import { temporalAddressOf, type TemporalAddress } from '../worker/temporal/temporal-address.ts';

/** Where the record and its drivers are, as this command sees them. */
export interface Machine {
  readonly databaseUrl: string;
  /** The database for people: without a password. */
  readonly databaseName: string;
  readonly temporal: TemporalAddress | null;
  readonly dataDirectory: string;
}

/** The machine as it is up already. @throws DropsweepError SERVICE_UNAVAILABLE when no database is */
export function runningMachine(): Machine {
  const machine = machineIfRunning();
  if (machine !== null) return machine;
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'no database is up on this machine', {
    expected: 'DATABASE_URL, or this machine’s own services',
    fix: 'dropsweep up',
  });
}

export function machineIfRunning(): Machine | null {
  const dataDirectory = dataDirectoryOf(process.env);
  const { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: address } = process.env;
  if (databaseUrl === undefined) {
    const services = readServices(dataDirectory);
    return services === null ? null : machineOf(services, dataDirectory);
  }
  return {
    databaseUrl,
    databaseName: withoutPassword(databaseUrl),
    temporal: address === undefined ? null : temporalAddressOf(process.env),
    dataDirectory,
  };
}

/** How long a Temporal server that the environment names may take to answer. */
const temporalPatienceMs = 15_000;

/** One of this machine's own may be on its way up again, beside all that trains here. */
const ownPatienceMs = 60_000;

/**
 * Brings up what is not up: services that the environment names are used, the others are this machine's own.
 * @throws SERVICE_UNAVAILABLE where a server does not answer; one that the environment names is tried before anything
 * starts
 */
export async function startedMachine(progress: Progress): Promise<Machine> {
  const dataDirectory = dataDirectoryOf(process.env);
  const outside = process.env['TEMPORAL_ADDRESS'] !== undefined;
  if (outside) await demandTemporal(temporalAddressOf(process.env), temporalPatienceMs);
  const machine = machineOf(await ensureServices({ dataDirectory, environment: process.env, progress }), dataDirectory);
  if (!outside) await demandTemporal(machine.temporal, ownPatienceMs);
  return machine;
}

function machineOf(
  { databaseUrl, temporalAddress, namespace }: Services,
  dataDirectory: string,
): Machine & { readonly temporal: TemporalAddress } {
  return {
    databaseUrl,
    databaseName: withoutPassword(databaseUrl),
    temporal: { ...temporalAddressOf(process.env), address: temporalAddress, namespace },
    dataDirectory,
  };
}
