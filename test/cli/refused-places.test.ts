// A user runs verbs against a data directory of somebody else's, and with a home that may not be written.
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
const nobody = { uid: 65534, gid: 65534 };
/** Root may write everywhere: its verbs are run as somebody else. */
const user = process.getuid?.() === 0 ? nobody : {};
const readable =
  spawnSync(process.execPath, ['-e', `require('node:fs').readFileSync(${JSON.stringify(main)})`], user).status === 0;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-refused-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'closed'));
  mkdirSync(join(folder, 'home'));
  chmodSync(join(folder, 'closed'), 0o000);
  chmodSync(join(folder, 'home'), 0o555);
});

afterAll(() => {
  for (const name of ['closed', 'home']) chmodSync(join(folder, name), 0o755);
  rmSync(folder, { recursive: true });
});

function run(verb: readonly string[], environment: NodeJS.ProcessEnv) {
  const { PATH } = process.env;
  const env = { PATH, HOME: join(folder, 'home'), ...environment };
  return spawnSync(process.execPath, [main, ...verb], { ...user, env, encoding: 'utf8', cwd: folder });
}

test.skipIf(!readable)('a data directory of somebody else is refused in one message, by every verb', () => {
  const environment = { DROPSWEEP_DATA: join(folder, 'closed') };
  for (const verb of [['ls'], ['up'], ['down'], ['worker'], ['show', 'base']]) {
    const { status, stderr } = run(verb, environment);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^FILE_REFUSED: .*\n {2}where: .*closed.*\n {2}got: .*EACCES.*\n {2}to do: .*DROPSWEEP_DATA/m,
    );
    expect(stderr).not.toMatch(/\n {4}at /);
  }
});

test.skipIf(!readable)(
  'a home that may not be written is refused in one message, and doctor names both folders',
  () => {
    const { status, stderr } = run(['up'], {});
    expect(status).toBe(1);
    expect(stderr).toMatch(/^FILE_REFUSED: /);
    expect(stderr).not.toMatch(/\n {4}at /);
    const doctor = run(['doctor'], {});
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toMatch(/data directory +fail/);
    expect(doctor.stdout).toMatch(/cache folder +fail/);
  },
);

test.skipIf(!existsSync('/dev/full'))('an output that has no room ends a verb with one message and status 1', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^DISK_FULL: /);
  expect(stderr).not.toMatch(/\n {4}at /);
});
