import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/services/processes/free-port.ts';
import { databaseRefusal } from '../../src/store/database/database-refusal.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';
import { type CliRun, emptyHome, runCli } from './run-cli.ts';

/** Servers of one's own, named wrongly or with too few rights: each command says in one line what is wrong, and where. */
const home = emptyHome();
const file = join(home, 'sweep.yaml');
let database: TestDatabase;
let temporal: string;

beforeAll(async () => {
  database = await startTestDatabase();
  temporal = await testTemporalAddress();
  writeFileSync(
    file,
    `name: outside
base: sentence-transformers/all-MiniLM-L6-v2
trainer: simulated
simulation: {steps: 5, step_ms: 1}
task:
  kind: text-classification
  data: {package: spam-assassin}
  train_rows: 32
  dev_rows: 32
space: {p: [0, 0.5]}
`,
  );
  expect((await run(['migrate'])).status).toBe(0);
});
afterAll(async () => {
  await runCli(home, ['down'], { environment: environment() });
  await database.drop();
});

function environment(change: Record<string, string> = {}): Record<string, string> {
  return { DATABASE_URL: database.databaseUrl, TEMPORAL_ADDRESS: temporal, ...change };
}

function run(args: readonly string[], change: Record<string, string> = {}): Promise<CliRun> {
  return runCli(emptyHome(), args, { environment: environment(change) });
}

/** What went wrong, without a stack trace, with status 1. */
function refusalOf({ status, stderr }: CliRun): string {
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(1);
  return stderr;
}

describe('a Temporal server that cannot be worked with', () => {
  it.each([
    ['https://h:7233', /TEMPORAL_ADDRESS is https:\/\/h:7233[^]*host:port without a scheme/],
    ['temporal.example', /TEMPORAL_ADDRESS is temporal.example[^]*host:port/],
  ])('is refused before anything is recorded: address %s', async (address, said) => {
    expect(refusalOf(await run(['launch', '--detach', file], { TEMPORAL_ADDRESS: address }))).toMatch(said);
    expect((await run(['ls'])).stdout).toBe('(none)\n');
  });

  it('is named with its namespace where it has none of that name', async () => {
    const said = refusalOf(await run(['launch', '--detach', file], { TEMPORAL_NAMESPACE: 'nosuch' }));
    expect(said).toContain(`Temporal at ${temporal} has no namespace nosuch`);
  });

  it('is named by launch, doctor and logs where nobody listens', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    expect(refusalOf(await run(['launch', '--detach', file], { TEMPORAL_ADDRESS: nowhere }))).toContain(nowhere);
    const doctor = await run(['doctor'], { TEMPORAL_ADDRESS: nowhere });
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toMatch(new RegExp(`Temporal +fail +Temporal does not answer at ${nowhere}`));
  });
});

describe('a database that refuses', () => {
  it('says that the password is wrong, to the doctor and to a worker', async () => {
    const url = new URL(database.databaseUrl);
    url.password = 'wrong';
    const wrong = { DATABASE_URL: url.href };
    expect(refusalOf(await run(['worker'], wrong))).toContain('check the password in DATABASE_URL');
    expect((await run(['doctor'], wrong)).stdout).toMatch(/database +fail +password authentication failed/);
  });

  it('says which rights lack to a user who may only read', async () => {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const role = `reader_${process.pid}`;
    await client.query(`create role ${role} login password 'secret'`);
    await client.query(`grant select on all tables in schema public to ${role}`);
    try {
      const url = new URL(database.databaseUrl);
      [url.username, url.password] = [role, 'secret'];
      const reader = { DATABASE_URL: url.href };
      const ofReader = { environment: environment(reader) };
      const readersHome = emptyHome();
      for (const verb of [['launch', '--detach', file], ['worker']]) {
        expect(refusalOf(await runCli(readersHome, verb, ofReader))).toMatch(/permission denied|GRANT/);
      }
      await runCli(readersHome, ['down'], ofReader);
      const launched = await runCli(home, ['launch', '--detach', file], { environment: environment() });
      expect(launched.status).toBe(0);
      expect(refusalOf(await runCli(readersHome, ['pause', 'outside'], ofReader))).toMatch(/permission denied|GRANT/);
      await runCli(home, ['down'], { environment: environment() });
    } finally {
      await client.query(`drop owned by ${role}`);
      await client.query(`drop role ${role}`);
      await client.end();
    }
  }, 120_000);

  it('is asked for TLS in its own words: the driver’s warning is not shown', async () => {
    const url = new URL(database.databaseUrl);
    url.searchParams.set('sslmode', 'require');
    const said = refusalOf(await run(['ls'], { DATABASE_URL: url.href }));
    expect(said).toContain('it speaks no TLS');
    expect(said).not.toContain('WARNING');
  });

  it('is told to be asked for TLS where it takes nothing else', () => {
    const message = 'no pg_hba.conf entry for host "h", user "u", database "d", no encryption';
    const error = Object.assign(new Error(message), { code: '28000' });
    expect(databaseRefusal(error, 'postgres://h/d')?.message).toContain('sslmode=require');
  });

  it.each([
    ['42501', 'GRANT USAGE, CREATE ON SCHEMA public'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'sslmode=no-verify'],
    ['26000', 'a pooler in session mode'],
    ['25006', 'not a standby'],
  ])('is explained by its code %s', (code, fix) => {
    const error = Object.assign(new Error('refused'), { code });
    expect(databaseRefusal(error, 'postgres://h/d')?.message).toContain(fix);
  });
});

describe('a worker in a terminal', () => {
  const main = resolve(import.meta.dirname, '../../dist/cli/main.js');

  async function start(): Promise<{ readonly parent: ChildProcess; readonly child: number }> {
    const parent = spawn(process.execPath, [main, 'worker'], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], HOME: emptyHome(), ...environment() },
    });
    for (;;) {
      const child = childOf(parent.pid ?? 0);
      if (child !== null && (await workers()) > 0) return { parent, child };
      await sleep(100);
    }
  }

  function childOf(parent: number): number | null {
    const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args=', '-ww'], { encoding: 'utf8' }).split('\n');
    const found = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).find((m) => Number(m?.[2]) === parent);
    return found === undefined || found === null ? null : Number(found[1]);
  }

  async function workers(): Promise<number> {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ count: string }>('select count(*) from workers where ended_at is null');
    await client.end();
    return Number(rows[0]?.count);
  }

  const lives = (pid: number): boolean => {
    try {
      // A zombie is waiting to be read, not alive.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };

  it.skipIf(process.platform !== 'linux')(
    'ends with the process that started it, kill -9 too, and drains at a SIGINT to that process alone',
    async () => {
      const killed = await start();
      killed.parent.kill('SIGKILL');
      while (lives(killed.child)) await sleep(100);
      while ((await workers()) > 0) await sleep(100);
      const drained = await start();
      const ended = once(drained.parent, 'exit');
      drained.parent.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(lives(drained.child)).toBe(false);
      expect(await workers()).toBe(0);
    },
    120_000,
  );
});
