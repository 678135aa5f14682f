import type { Machine } from '../../src/launch/machine.ts';

/** A machine that has a record and nothing that drives it. */
export function withoutTemporal(databaseUrl: string): Machine {
  return { databaseUrl, databaseName: 'the database of the test', temporal: null, dataDirectory: '' };
}
