import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor } from '../../src/services/doctor/doctor.ts';
import { listensBeyondLoopback } from '../../src/services/doctor/doctor-checks.ts';
import { readServices } from '../../src/services/ensure-services.ts';
import { postgresPassword } from '../../src/services/postgres/postgres-server.ts';
import { lockFileOf, supervisorOf } from '../../src/services/services-status.ts';
import { stopServices } from '../../src/services/stop-services.ts';
import { isProvedDead, ownIdentity } from '../../src/worker/slots/process-identity.ts';
import { emptyHome, runCli } from '../cli/run-cli.ts';
import { ServiceFolder } from './service-folder.ts';

let folder: ServiceFolder;

beforeEach(() => {
  folder = new ServiceFolder();
});

afterEach(() => folder.remove());

async function ask(databaseUrl: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return Object.values((await client.query(statement)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Ports of a process's listening TCP sockets, from Linux's tables. */
function listeningPorts(pid: number): number[] {
  if (!existsSync('/proc/net/tcp')) return [];
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
    }),
  );
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && sockets.has(fields[9] ?? ''))
      .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)),
  );
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

describe('a supervisor', () => {
  it('is one, whoever asks for services at the same time, and all get the same', async () => {
    const all = await Promise.all([folder.up(), folder.up(), folder.up()]);
    expect(new Set(all.map((services) => JSON.stringify(services))).size).toBe(1);
    const supervisors = execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes('supervisor-main') && line.includes(folder.path));
    expect(supervisors).toHaveLength(1);
    const services = all[0];
    expect(await ask(services?.databaseUrl ?? '', 'select count(*) from sweeps')).toBe('0');
  });

  it('keeps its addresses and the record over a stop and a start', async () => {
    const first = await folder.up();
    await ask(first.databaseUrl, 'create table kept as select 7 as value');
    expect(await stopServices(folder.path)).toBe(true);
    expect(readServices(folder.path, folder.environment)).toBeNull();
    expect(await stopServices(folder.path)).toBe(false);
    expect(await folder.up()).toEqual(first);
    expect(await ask(first.databaseUrl, 'select value from kept')).toBe(7);
  });

  it('leaves a record that can be read and commanded when it is killed: PostgreSQL goes on', async () => {
    const services = await folder.up();
    process.kill(supervisorOf(folder.path)?.pid ?? 0, 'SIGKILL');
    await until(() => supervisorOf(folder.path) === null);
    expect(readServices(folder.path, folder.environment)).toEqual(services);
    const home = { DROPSWEEP_DATA: folder.path };
    expect(await runCli(emptyHome(), ['ls'], { environment: home })).toMatchObject({ status: 0, stdout: '(none)\n' });
    expect(await runCli(emptyHome(), ['pause', 'x'], { environment: home })).toMatchObject({
      stderr: expect.stringContaining('SWEEP_NOT_FOUND'),
    });
  });

  it.each(['postgres', 'temporal', 'worker'])('starts %s again when it is killed', async (name) => {
    await folder.up();
    const before = folder.pid(name);
    process.kill(before, 'SIGKILL');
    await until(() => folder.service(name).restarts > 0 && folder.service(name).process !== null);
    expect(folder.pid(name)).not.toBe(before);
    expect(folder.status.state).toBe('up');
  });

  it('that was killed leaves orphans that the next one ends, and the record is whole', async () => {
    const first = await folder.up();
    await ask(first.databaseUrl, 'create table kept as select 7 as value');
    const orphans = Object.values(folder.status.services).map((service) => service.process);
    const supervisor = folder.status.supervisor;
    process.kill(supervisor.pid, 'SIGKILL');
    await until(() => isProvedDead(supervisor));
    expect(await folder.up()).toEqual(first);
    expect(orphans).toHaveLength(3);
    for (const orphan of orphans) expect(orphan === null || isProvedDead(orphan)).toBe(true);
    expect(await ask(first.databaseUrl, 'select value from kept')).toBe(7);
  });

  it('that was killed leaves orphans that a stop ends', async () => {
    await folder.up();
    const { supervisor, services } = folder.status;
    process.kill(supervisor.pid, 'SIGKILL');
    await until(() => isProvedDead(supervisor));
    expect(await stopServices(folder.path)).toBe(true);
    for (const { process: orphan } of Object.values(services))
      expect(orphan === null || isProvedDead(orphan)).toBe(true);
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 - 3, startTime: 'long ago' }],
    ['whose pid another process has now', { ...ownIdentity(), startTime: 'long ago' }],
  ])('takes over from one %s', async (_, owner) => {
    writeFileSync(lockFileOf(folder.path), JSON.stringify(owner));
    expect(supervisorOf(folder.path)).toBeNull();
    await folder.up();
    expect(supervisorOf(folder.path)?.pid).toBe(folder.status.supervisor.pid);
  });

  it('keeps secrets in files of mode 0600, out of command lines and logs, and off the network', async () => {
    await folder.up();
    const password = postgresPassword(folder.path);
    expect(execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })).not.toContain(password);
    for (const name of readdirSync(join(folder.path, 'logs'))) {
      const log = join(folder.path, 'logs', name);
      expect(readFileSync(log, 'utf8')).not.toContain(password);
      expect(statSync(log).mode & 0o777).toBe(0o600);
    }
    for (const name of ['postgres-password', 'services.json', 'supervisor.lock']) {
      expect(statSync(join(folder.path, name)).mode & 0o777).toBe(0o600);
    }
    const ports = [folder.status.postgres_port, folder.status.temporal_port];
    for (const port of ports) expect(listensBeyondLoopback(port ?? 0)).toBe(false);
    // Temporal opens ports of its own choice besides: whatever its process and PostgreSQL's listen on is looked at.
    for (const name of ['temporal', 'postgres']) {
      for (const port of listeningPorts(folder.pid(name))) expect(listensBeyondLoopback(port), name).toBe(false);
    }
    const findings = await doctor(folder.path);
    expect(findings.filter((finding) => finding.status === 'fail')).toEqual([]);
  });

  it('refuses an environment that names another database than the one it serves', async () => {
    await folder.up();
    folder.environment['DATABASE_URL'] = 'postgres://somebody@127.0.0.1:1/other';
    await expect(folder.up()).rejects.toMatchObject({ code: 'SUPERVISOR_BUSY' });
    expect(readServices(folder.path, folder.environment)).toBeNull();
  });
});
