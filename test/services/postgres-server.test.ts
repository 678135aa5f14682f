import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/sha256.ts';
import { endOrphans } from '../../src/services/processes/end-orphans.ts';
import { freePort } from '../../src/services/processes/free-port.ts';
import { clusterFolderOf } from '../../src/services/postgres/cluster-folder.ts';
import {
  postgresAnswers,
  postgresPassword,
  type RunningPostgres,
  startPostgres,
} from '../../src/services/postgres/postgres-server.ts';
import { isProvedDead, readStartTime } from '../../src/worker/slots/process-identity.ts';

/** Owners, arguments and environments of processes are read from /proc. */
const linux = process.platform === 'linux';

let home: string;
let dataDirectory: string;
let other: ChildProcess;
let server: RunningPostgres | null;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dropsweep-home-'));
  chmodSync(home, 0o700);
  dataDirectory = join(home, '.local', 'share', 'dropsweep');
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  other = spawn('sleep', ['600'], { stdio: 'ignore' });
  server = null;
});

afterEach(async () => {
  other.kill('SIGKILL');
  if (server !== null) await end(server, 'SIGINT');
  rmSync(clusterFolderOf(dataDirectory), { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
});

let told: string[] = [];

async function start(folder = dataDirectory): Promise<RunningPostgres> {
  told = [];
  const say = (text: string): void => void told.push(text);
  server = await startPostgres({
    dataDirectory: folder,
    port: await freePort(),
    logFile: join(home, 'postgres.log'),
    say,
  });
  return server;
}

async function current(): Promise<RunningPostgres> {
  return server ?? start();
}

async function end({ process: child }: RunningPostgres, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

async function ask(connectionString: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return Object.values((await client.query(statement)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  it('killed and started at once, again and again, waits for what the killed one left and holds its rows', async () => {
    const { databaseUrl } = await start();
    expect(await postgresAnswers(databaseUrl)).toBe(true);
    // A refusal is an answer.
    expect(await postgresAnswers(databaseUrl.replace(/:[^:@]+@/, ':wrong@'))).toBe(true);
    expect(await postgresAnswers(databaseUrl.replace(/:\d+\//, `:${await freePort()}/`))).toBe(false);
    await ask(databaseUrl, 'create table kept as select 7 as value');
    for (let round = 0; round < 4; round += 1) {
      const { databaseUrl: url } = await current();
      const busy = Array.from({ length: 6 }, () => ask(url, 'select pg_sleep(20)').catch(() => 'cut off'));
      await end(await current(), 'SIGKILL');
      expect(await ask((await start()).databaseUrl, 'select value from kept')).toBe(7);
      expect(new Set(await Promise.all(busy))).toEqual(new Set(['cut off']));
    }
  });

  it.skipIf(!linux)(
    'starts for a person whose home nobody else may enter, root too, and never runs as root',
    async () => {
      const { process: child, databaseUrl } = await start();
      expect(await ask(databaseUrl, 'select 7')).toBe(7);
      expect(statSync(`/proc/${child.pid}`).uid).not.toBe(0);
      expect(statSync(home).mode & 0o777).toBe(0o700);
    },
  );

  it.skipIf(!linux)(
    'lets nobody in without its password, and gives that away in neither arguments nor environment',
    async () => {
      const { process: child, databaseUrl } = await start();
      const wrong = new URL(databaseUrl);
      wrong.password = 'guessed';
      await expect(ask(wrong.href, 'select 7')).rejects.toThrow(/password authentication failed/);
      wrong.password = '';
      await expect(ask(wrong.href, 'select 7')).rejects.toThrow();
      const password = postgresPassword(dataDirectory);
      for (const name of ['cmdline', 'environ'])
        expect(readFileSync(`/proc/${child.pid}/${name}`, 'utf8')).not.toContain(password);
      expect(readFileSync(join(clusterFolderOf(dataDirectory), 'pg_hba.conf'), 'utf8')).not.toMatch(/^host.*\btrust$/m);
    },
  );

  // PostgreSQL itself would refuse: it takes any living process of that number for another server.
  it('starts though its pid file names a process that is another program by now, which is left alone', async () => {
    const first = await start();
    await end(first, 'SIGKILL');
    const pidFile = join(first.clusterFolder, 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    writeFileSync(pidFile, [String(other.pid), ...lines.slice(1)].join('\n'));
    expect(await endOrphans(dataDirectory)).toEqual([]);
    const { databaseUrl } = await start();
    expect(await ask(databaseUrl, 'select 7')).toBe(7);
    expect(readStartTime(other.pid ?? 0)).not.toBeNull();
  });

  it('that no status names is found by its own pid file and ended cleanly', async () => {
    const { process: child } = await start();
    const identity = { pid: child.pid ?? 0, startTime: readStartTime(child.pid ?? 0) ?? '' };
    expect(await endOrphans(dataDirectory)).toEqual([`postgres (pid ${identity.pid})`]);
    expect(isProvedDead(identity)).toBe(true);
    expect(readFileSync(join(home, 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });
});

describe('the record of a data directory', () => {
  it('lies in it, whoever runs it, and goes with it when it is moved', async () => {
    const { databaseUrl, clusterFolder } = await start();
    expect(clusterFolder).toBe(join(dataDirectory, 'postgres'));
    await ask(databaseUrl, 'create table kept as select 7 as value');
    await end(await current(), 'SIGINT');
    const moved = join(home, 'moved');
    renameSync(dataDirectory, moved);
    expect(await ask((await start(moved)).databaseUrl, 'select value from kept')).toBe(7);
    await end(await current(), 'SIGINT');
    const link = join(home, 'link');
    symlinkSync(moved, link);
    expect(await ask((await start(link)).databaseUrl, 'select value from kept')).toBe(7);
  });

  it('is begun anew where the whole directory was removed', async () => {
    await ask((await start()).databaseUrl, 'create table kept as select 7 as value');
    await end(await current(), 'SIGINT');
    rmSync(dataDirectory, { recursive: true });
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    expect(await ask((await start()).databaseUrl, "select to_regclass('kept')::text")).toBeNull();
  });

  it('is said to be lost where the directory is there without it', async () => {
    await start();
    await end(await current(), 'SIGINT');
    server = null;
    rmSync(clusterFolderOf(dataDirectory), { recursive: true });
    await expect(start()).rejects.toThrow(/SERVICE_UNAVAILABLE: this data directory has lost its database/);
  });

  it.skipIf(process.getuid?.() !== 0)('is brought home from where releases before kept that of root', async () => {
    await ask((await start()).databaseUrl, 'create table kept as select 7 as value');
    await end(await current(), 'SIGINT');
    const older = join('/var/lib/dropsweep', `postgres-${sha256(dataDirectory).slice(0, 16)}`);
    mkdirSync('/var/lib/dropsweep', { recursive: true });
    renameSync(clusterFolderOf(dataDirectory), older);
    rmSync(join(dataDirectory, 'postgres-made'));
    expect(await ask((await start()).databaseUrl, 'select value from kept')).toBe(7);
    expect(told).toEqual([`moving the database from ${older} to ${clusterFolderOf(dataDirectory)}, where it belongs`]);
  });
});
