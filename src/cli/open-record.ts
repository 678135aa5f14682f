import { DropsweepError } from '../base/errors.ts';
import { isTransient, openStore, type Store } from '../store/open-store.ts';
import { type Machine, runningMachine } from './machine.ts';

export interface OpenRecord {
  readonly store: Store;
  readonly machine: Machine;
}

/**
 * Runs a body with the record open, and closes it. Starts nothing.
 * @throws DropsweepError SERVICE_UNAVAILABLE when no database is up
 */
export async function withRecord<Result>(body: (record: OpenRecord) => Promise<Result>): Promise<Result> {
  return withMachineRecord(runningMachine(), body);
}

export async function withMachineRecord<Result>(
  machine: Machine,
  body: (record: OpenRecord) => Promise<Result>,
): Promise<Result> {
  const store = openStore(machine.databaseUrl);
  try {
    return await body({ store, machine });
  } catch (error) {
    throw asUnavailable(error, machine);
  } finally {
    await store.close();
  }
}

/** PostgreSQL's codes for what a person can mend, and what to do. */
const mendable: Readonly<Record<string, string>> = {
  '42P01': 'dropsweep migrate makes the tables',
  '28P01': 'check the password in DATABASE_URL',
  '28000': 'check the user in DATABASE_URL',
  '3D000': 'create the database, or name another in DATABASE_URL',
  ENOTFOUND: 'check the host in DATABASE_URL',
};

/** What the database refuses, in our words; anything else is passed on. */
function asUnavailable(error: unknown, machine: Machine): unknown {
  if (!(error instanceof Error) || error instanceof DropsweepError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const fix = mendable[code] ?? (isTransient(error) ? 'start it, or dropsweep up for this machine’s own' : null);
  if (fix === null) return error;
  return new DropsweepError('SERVICE_UNAVAILABLE', 'the database does not answer as it should', {
    where: machine.databaseName,
    got: error.message === '' ? code : error.message,
    fix,
    cause: error,
  });
}
