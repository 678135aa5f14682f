import { databaseRefusal } from '../store/database/database-refusal.ts';
import { demandKnownSchema } from '../store/database/migrate.ts';
import { openStore, type Store } from '../store/database/open-store.ts';
import { type Machine, runningMachine } from './machine.ts';

export interface OpenRecord {
  readonly store: Store;
  readonly machine: Machine;
}

/**
 * Runs a body with the record open, and closes it. Starts nothing, and reads nothing of a schema that another version
 * wrote.
 * @throws DropsweepError SERVICE_UNAVAILABLE when no database is up, or its schema is older or newer than this version's
 */
export async function withRecord<Result>(body: (record: OpenRecord) => Promise<Result>): Promise<Result> {
  return withMachineRecord(runningMachine(), async (record) => {
    await demandKnownSchema(record.store);
    return body(record);
  });
}

export async function withMachineRecord<Result>(
  machine: Machine,
  body: (record: OpenRecord) => Promise<Result>,
): Promise<Result> {
  const store = openStore(machine.databaseUrl);
  try {
    return await body({ store, machine });
  } catch (error) {
    throw databaseRefusal(error, machine.databaseName) ?? error;
  } finally {
    await store.close();
  }
}
