import { homedir } from 'node:os';
import { join } from 'node:path';
import { DropsweepError } from '../base/errors.ts';
import type { BaseModelReference } from '../sweep/vocabulary.ts';
import { temporalAddressOf, type TemporalAddress } from '../worker/temporal-address.ts';

/** Where the record and its drivers are, as this command sees them. */
export interface Machine {
  readonly databaseUrl: string;
  /** The database for people: without a password. */
  readonly databaseName: string;
  readonly temporal: TemporalAddress | null;
  readonly dataDirectory: string;
}

/** @throws DropsweepError SERVICE_UNAVAILABLE when no database is up */
export async function runningMachine(): Promise<Machine> {
  const machine = await machineIfRunning();
  if (machine !== null) return machine;
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'no database is up on this machine', {
    expected: 'DATABASE_URL, or this machine’s own services',
    fix: 'dropsweep up',
  });
}

export async function machineIfRunning(): Promise<Machine | null> {
  const databaseUrl = process.env['DATABASE_URL'];
  return databaseUrl === undefined ? null : outsideMachine(databaseUrl);
}

export async function startedMachine(_progress: (text: string) => void): Promise<Machine> {
  return runningMachine();
}

function outsideMachine(databaseUrl: string): Machine {
  return {
    databaseUrl,
    databaseName: withoutPassword(databaseUrl),
    temporal: process.env['TEMPORAL_ADDRESS'] === undefined ? null : temporalAddressOf(process.env),
    dataDirectory: process.env['DROPSWEEP_DATA'] ?? join(homedir(), '.local', 'share', 'dropsweep'),
  };
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.password = '';
  return url.toString();
}

/** The base model; null where it would have to be fetched and is not to be. */
export async function baseOf(
  _reference: string,
  _options: { readonly fetch: boolean; progress?(text: string): void },
): Promise<BaseModelReference | null> {
  return null;
}
