import type { Progress } from '../base/progress.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../base/errors.ts';
import { builtFile } from './processes/built-file.ts';
import { demandRoom } from './demand-room.ts';
import { logFileOf, readStatus, type ServicesStatus, supervisorOf } from './services-status.ts';
import { isProvedDead } from '../worker/slots/process-identity.ts';
import { outsideKey, slotsOf } from './supervisor-settings.ts';

export interface EnsureServicesOptions {
  readonly dataDirectory: string;
  /** Trainings at once; default `slotsOf(environment)`. Ignored where services are up already. */
  readonly slots?: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly progress?: Progress;
  /** Default 25 minutes: the Temporal server may have to be built. */
  readonly timeoutMs?: number;
}

export interface Services {
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
}

/**
 * Makes sure that a supervisor keeps this data directory's services up, and waits for them. Of services named by
 * DATABASE_URL and TEMPORAL_ADDRESS it starts none, only the worker. Any number may call at once.
 * @throws SERVICE_UNAVAILABLE, DISK_FULL, TEMPORAL_BINARY_MISSING; SUPERVISOR_BUSY when the one that runs was started
 *   with other outside services
 */
export async function ensureServices(options: EnsureServicesOptions): Promise<Services> {
  const { dataDirectory, environment = process.env } = options;
  const deadline = performance.now() + (options.timeoutMs ?? 1_500_000);
  let child: ChildProcess | null = null;
  let said = '';
  for (;;) {
    const status = readStatus(dataDirectory);
    const owner = supervisorOf(dataDirectory);
    if (owner === null && child === null) child = spawnSupervisor(options);
    else if (status !== null && owner !== null && status.supervisor.pid === owner.pid) {
      if (status.state === 'up') return servicesOf(demandSame(status, dataDirectory, environment), dataDirectory);
      if (status.progress !== said) options.progress?.(status.progress);
      said = status.progress;
      if (status.amount != null) options.progress?.(said, status.amount);
    }
    if (child !== null && (child.exitCode !== null || child.signalCode !== null)) {
      // It ended because another was first, or because it failed and left the reason.
      if (supervisorOf(dataDirectory) === null) throw faultOf(dataDirectory, child);
    }
    if (performance.now() > deadline) throw unavailable(dataDirectory, 'the services did not come up in time');
    await sleep(50);
  }
}

/**
 * The services that a supervisor keeps up here now, or has left up: PostgreSQL outlives one that was killed, and with
 * it all that only reads and commands. Null: there is none, or not yet, or it was started with other outside services
 * than this environment names.
 */
export function readServices(dataDirectory: string, environment: NodeJS.ProcessEnv = process.env): Services | null {
  const status = readStatus(dataDirectory);
  const owner = supervisorOf(dataDirectory);
  if (status === null || !serves(status, environment)) return null;
  if (owner === null) return databaseIsLeft(status) ? servicesOf(status, dataDirectory) : null;
  return status.supervisor.pid === owner.pid && status.state === 'up' ? servicesOf(status, dataDirectory) : null;
}

function databaseIsLeft({ services, postgres_port }: ServicesStatus): boolean {
  const left = services['postgres']?.process ?? null;
  return postgres_port !== null && left !== null && !isProvedDead(left);
}

function servicesOf(status: ServicesStatus, dataDirectory: string): Services {
  return {
    dataDirectory,
    databaseUrl: status.database_url,
    temporalAddress: status.temporal_address,
    namespace: status.temporal_namespace,
  };
}

function serves(status: ServicesStatus, environment: NodeJS.ProcessEnv): boolean {
  const named = ['DATABASE_URL', 'TEMPORAL_ADDRESS'].some((name) => environment[name] !== undefined);
  return !named || status.outside === outsideKey(environment);
}

function demandSame(status: ServicesStatus, dataDirectory: string, environment: NodeJS.ProcessEnv): ServicesStatus {
  if (serves(status, environment)) return status;
  throw new DropsweepError('SUPERVISOR_BUSY', 'the supervisor that runs serves another database or Temporal', {
    where: dataDirectory,
    got: 'DATABASE_URL or TEMPORAL_ADDRESS of this environment',
    fix: 'run `dropsweep down` first, set DROPSWEEP_DATA to another folder, or unset these variables',
  });
}

function spawnSupervisor(options: EnsureServicesOptions): ChildProcess {
  const { dataDirectory, environment = process.env } = options;
  const { slots = slotsOf(environment) } = options;
  demandRoom(dataDirectory);
  const logFile = logFileOf(dataDirectory, 'supervisor');
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  const args = ['--data', dataDirectory, '--slots', String(slots)];
  const child = spawn(process.execPath, [builtFile('services/supervisor-main.js'), ...args], {
    stdio: ['ignore', log, log],
    detached: true,
    cwd: '/',
    env: environment,
  });
  closeSync(log);
  child.unref();
  return child;
}

function faultOf(dataDirectory: string, child: ChildProcess): DropsweepError {
  const status = readStatus(dataDirectory);
  if (status !== null && status.supervisor.pid === child.pid && status.fault !== null) {
    const { code, message } = status.fault;
    const [first = '', ...rest] = message.replace(`${code}: `, '').split('\n');
    return new DropsweepError(code, [first, ...rest].join('\n'));
  }
  return unavailable(dataDirectory, 'the supervisor ended while it started');
}

function unavailable(dataDirectory: string, what: string): DropsweepError {
  const log = logFileOf(dataDirectory, 'supervisor');
  return new DropsweepError('SERVICE_UNAVAILABLE', what, {
    where: log,
    got: existsSync(log) ? readFileSync(log, 'utf8').slice(-600).trim() : '(no log)',
    fix: 'read the logs beside it, or run `dropsweep doctor`',
  });
}
