import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../base/error-codes.ts';
import { asDiskFull } from '../base/disk-full.ts';
import type { Amount } from '../base/progress.ts';
import { isProvedDead, type ProcessIdentity } from '../worker/slots/process-identity.ts';

export interface ServiceStatus {
  /** Null between an end and the next start. */
  readonly process: ProcessIdentity | null;
  readonly restarts: number;
  /** Why it is not up, or was not the last time. */
  readonly fault: string | null;
}

/** `services.json`: what the supervisor of a data directory runs. Holds the database's password: mode 0600. */
export interface ServicesStatus {
  readonly supervisor: ProcessIdentity;
  readonly state: 'starting' | 'up' | 'stopping' | 'failed';
  readonly progress: string;
  /** How much of that is done, where it can be said. */
  readonly amount?: Amount | null;
  readonly fault: { readonly code: ErrorCode; readonly message: string } | null;
  readonly database_url: string;
  /** Null: the database is not ours. */
  readonly postgres_port: number | null;
  readonly temporal_address: string;
  readonly temporal_namespace: string;
  readonly temporal_port: number | null;
  readonly slots: number;
  /** Which outside services it was started with: `outsideKey`. */
  readonly outside: string;
  /** Services by name: postgres, temporal, worker. */
  readonly services: Readonly<Record<string, ServiceStatus>>;
}

export function statusFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'services.json');
}

export function lockFileOf(dataDirectory: string): string {
  return join(dataDirectory, 'supervisor.lock');
}

export function logFileOf(dataDirectory: string, name: string): string {
  return join(dataDirectory, 'logs', `${name}.log`);
}

/** As the last supervisor left it, alive or not. */
export function readStatus(dataDirectory: string): ServicesStatus | null {
  return readJson<ServicesStatus>(statusFileOf(dataDirectory));
}

/** @throws DISK_FULL */
export function writePrivately(file: string, content: object): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    writeFileSync(partial, JSON.stringify(content, null, 1), { mode: 0o600 });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw asDiskFull(error, 'no room to write down what runs', file);
  }
}

/** The live owner of a data directory. */
export function supervisorOf(dataDirectory: string): ProcessIdentity | null {
  const owner = readJson<ProcessIdentity>(lockFileOf(dataDirectory));
  return owner === null || isProvedDead(owner) ? null : owner;
}

/** Null where there is none, or one that was cut short. */
function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
