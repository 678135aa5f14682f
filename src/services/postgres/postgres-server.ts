import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DropsweepError } from '../../base/errors.ts';
import { clusterFolderOf, clusterPlace, findCluster, markCluster } from './cluster-folder.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

export interface PostgresOptions {
  /** Holds the cluster and its password. */
  readonly dataDirectory: string;
  readonly port: number;
  /** Appended to. */
  readonly logFile: string;
  /** Told of a cluster that is moved. */
  readonly say?: (text: string) => void;
  readonly startTimeoutMs?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPostgres {
  readonly process: ChildProcess;
  readonly databaseUrl: string;
  readonly clusterFolder: string;
}

const superuser = 'dropsweep';

/** The cluster's password, made on first use; a file of mode 0600. */
export function postgresPassword(dataDirectory: string): string {
  const file = path.join(dataDirectory, 'postgres-password');
  if (!existsSync(file)) {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8').trim();
}

export function databaseUrlOf(dataDirectory: string, port: number, database: string = 'dropsweep'): string {
  return `postgres://${superuser}:${encodeURIComponent(postgresPassword(dataDirectory))}@127.0.0.1:${port}/${database}`;
}

/**
 * Starts the embedded server: loopback only, scram-sha-256, no Unix socket. Makes the cluster and the database on
 * first use.
 * @throws SERVICE_UNAVAILABLE with the end of its log when it does not answer in time.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const binaries = findPostgresBinaries();
  const clusterFolder = clusterFolderOf(options.dataDirectory);
  const user = unprivilegedUser();
  const found = findCluster(options.dataDirectory, options.say ?? (() => undefined));
  if (!found) initialise(binaries.initdb, clusterFolder, options);
  markCluster(options.dataDirectory);
  const place = clusterPlace(clusterFolder);
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    autovacuum_naptime: '15s',
    password_encryption: 'scram-sha-256',
    ...options.settings,
  };
  const args = [
    '-D',
    place.argument,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const databaseUrl = databaseUrlOf(options.dataDirectory, options.port);
  const patientUntil = performance.now() + orphansEndWithinMs;
  for (;;) {
    const log = openSync(options.logFile, 'a', 0o600);
    const before = fstatSync(log).size;
    const server = spawn(binaries.postgres, args, {
      stdio: ['ignore', log, log],
      detached: true,
      cwd: place.cwd,
      env: { LC_ALL: 'C' },
      ...user,
    });
    closeSync(log);
    try {
      await waitUntilReady(server, options, databaseUrl);
      return { process: server, databaseUrl, clusterFolder };
    } catch (error) {
      if (performance.now() > patientUntil || !orphansHoldOn(options.logFile, before)) throw error;
      await sleep(orphansPauseMs);
    }
  }
}

const orphansEndWithinMs = 30_000;
const orphansPauseMs = 200;

/** Whether the start failed because a killed server's own processes, which end by themselves, are still there. */
function orphansHoldOn(logFile: string, from: number): boolean {
  return /shared memory block .* is still in use/.test(readFileSync(logFile).subarray(from).toString('utf8'));
}

function initialise(initdb: string, clusterFolder: string, options: PostgresOptions): void {
  const user = unprivilegedUser();
  rmSync(clusterFolder, { recursive: true, force: true });
  mkdirSync(clusterFolder, { recursive: true, mode: 0o700 });
  // Where the user that initdb runs as can enter.
  const secrets = mkdtempSync(path.join(user === null ? tmpdir() : '/tmp', 'dropsweep-initdb-'));
  const passwordFile = path.join(secrets, 'password');
  writeFileSync(passwordFile, postgresPassword(options.dataDirectory), { mode: 0o600 });
  if (user !== null) for (const owned of [clusterFolder, secrets, passwordFile]) chownSync(owned, user.uid, user.gid);
  const place = clusterPlace(clusterFolder);
  try {
    const result = spawnSync(
      initdb,
      [
        '-D',
        place.argument,
        '-U',
        superuser,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C',
      ],
      { encoding: 'utf8', cwd: place.cwd, env: { LC_ALL: 'C' }, timeout: 120_000, ...user },
    );
    if (result.status === 0) return;
    rmSync(clusterFolder, { recursive: true, force: true });
    const said = `${result.error?.message ?? ''}${result.stderr}`;
    throw new DropsweepError(/No space left/.test(said) ? 'DISK_FULL' : 'SERVICE_UNAVAILABLE', 'initdb failed', {
      where: clusterFolder,
      got: said.trim().split('\n').slice(-3).join(' | '),
      fix: 'make room or rights there, or set DATABASE_URL to a PostgreSQL of your own',
    });
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

async function waitUntilReady(server: ChildProcess, options: PostgresOptions, databaseUrl: string): Promise<void> {
  const deadline = performance.now() + (options.startTimeoutMs ?? 60_000);
  const adminUrl = databaseUrlOf(options.dataDirectory, options.port, 'postgres');
  while (performance.now() < deadline && server.exitCode === null && server.signalCode === null) {
    const answer = await tryToPrepare(adminUrl, new URL(databaseUrl).pathname.slice(1));
    if (answer) return;
    await sleep(50);
  }
  server.kill('SIGKILL');
  throw new DropsweepError('SERVICE_UNAVAILABLE', 'the embedded PostgreSQL did not come up', {
    where: options.logFile,
    got: readEnd(options.logFile),
    fix: 'read the log named above; `dropsweep doctor` checks disk, rights and ports',
  });
}

async function tryToPrepare(adminUrl: string, database: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // The server may go away while it starts; the next try tells.
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether a server answers a new connection within seconds, be it by refusing it. */
export async function postgresAnswers(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError;
  } finally {
    // One that stands still is not waited for.
    void client.end().catch(() => undefined);
  }
}

function readEnd(file: string): string {
  if (!existsSync(file)) return '(no log)';
  const size = statSync(file).size;
  return readFileSync(file, 'utf8').slice(-Math.min(size, 600)).trim();
}
