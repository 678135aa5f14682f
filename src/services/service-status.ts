import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isProvedDead, type ProcessIdentity } from '../worker/process-identity.ts';

export type ServiceName = 'postgres' | 'temporal' | 'control' | 'train';

export interface ServiceProcess extends ProcessIdentity {
  readonly port: number | null;
  readonly restarts: number;
}

/** What the supervisor tells of itself; a file of mode 0600 without secrets. */
export interface ServiceStatus {
  readonly supervisor: ProcessIdentity;
  readonly state: 'starting' | 'ready' | 'stopping' | 'failed';
  /** What it is at, in words. */
  readonly progress: string;
  readonly error: string | null;
  readonly services: Readonly<Partial<Record<ServiceName, ServiceProcess>>>;
}

const statusFile = (dataDirectory: string) => path.join(dataDirectory, 'services.json');

/** Null: never started here. What it says of processes may be past: see `isUp`. */
export function readServiceStatus(dataDirectory: string): ServiceStatus | null {
  const file = statusFile(dataDirectory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ServiceStatus) : null;
}

export function writeServiceStatus(dataDirectory: string, status: ServiceStatus): void {
  const file = statusFile(dataDirectory);
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(status, null, 1), { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}

/** Whether the supervisor that wrote this still lives. */
export function isUp(status: ServiceStatus | null): status is ServiceStatus {
  return status !== null && !isProvedDead(status.supervisor);
}
