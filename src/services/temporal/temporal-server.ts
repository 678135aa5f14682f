import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DropsweepError } from '../../base/errors.ts';

export interface TemporalOptions {
  readonly binary: string;
  readonly dataDirectory: string;
  readonly port: number;
  /** Appended to. */
  readonly logFile: string;
  readonly startTimeoutMs?: number;
}

export interface RunningTemporal {
  readonly process: ChildProcess;
  readonly address: string;
  /** Disposable: PostgreSQL is the record. */
  readonly databaseFile: string;
}

/** The server asks its maker for newer versions, and says what it is, unless it is told not to. */
const unasked = { TEMPORAL_VERSION_CHECK_DISABLED: '1' };

/** One file per server version: another version starts with another. */
export function temporalDatabaseFile(dataDirectory: string, version: string): string {
  return path.join(dataDirectory, `temporal-${version}.db`);
}

/**
 * Starts the development server on loopback, kept in an SQLite file.
 * @throws SERVICE_UNAVAILABLE with the end of its log when it does not listen in time.
 */
export async function startTemporal(options: TemporalOptions & { readonly version: string }): Promise<RunningTemporal> {
  const databaseFile = temporalDatabaseFile(options.dataDirectory, options.version);
  const log = openSync(options.logFile, 'a', 0o600);
  const server = spawn(
    options.binary,
    [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(options.port)],
      ...['--db-filename', databaseFile, '--log-level', 'warn'],
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ],
    { stdio: ['ignore', log, log], detached: true, env: { ...process.env, ...unasked } },
  );
  const deadline = performance.now() + (options.startTimeoutMs ?? 60_000);
  while (performance.now() < deadline && server.exitCode === null && server.signalCode === null) {
    if (await listens(options.port)) return { process: server, address: `127.0.0.1:${options.port}`, databaseFile };
    await sleep(100);
  }
  server.kill('SIGKILL');
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'the embedded Temporal server did not come up', {
    where: options.logFile,
    got: readFileSync(options.logFile, 'utf8').slice(-600).trim(),
    fix: 'read the log named above; the file beside it may be deleted: PostgreSQL is the record',
  });
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
