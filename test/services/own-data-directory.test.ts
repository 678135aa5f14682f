import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disownDataDirectory, ownDataDirectory } from '../../src/services/processes/own-data-directory.ts';
import { lockFileOf, supervisorOf } from '../../src/services/services-status.ts';
import { ownIdentity, type ProcessIdentity, readStartTime } from '../../src/worker/slots/process-identity.ts';

let folder: string;
let other: ChildProcess;
let otherIdentity: ProcessIdentity;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-own-'));
  other = spawn('sleep', ['600'], { stdio: 'ignore' });
  const pid = other.pid ?? 0;
  otherIdentity = { pid, startTime: readStartTime(pid) ?? '' };
});

afterEach(() => {
  other.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const writeLock = (content: string) => writeFileSync(lockFileOf(folder), content);
const lock = () => JSON.parse(readFileSync(lockFileOf(folder), 'utf8')) as ProcessIdentity;

describe('a data directory', () => {
  it('of a live supervisor is refused to another, with its pid', async () => {
    writeLock(JSON.stringify(otherIdentity));
    const fault = ownDataDirectory(folder);
    await expect(fault).rejects.toMatchObject({ code: 'SUPERVISOR_BUSY' });
    await expect(fault).rejects.toThrow(`pid ${otherIdentity.pid}`);
    expect(lock()).toEqual(otherIdentity);
  });

  it('of a supervisor that died is taken over', async () => {
    writeLock(JSON.stringify(otherIdentity));
    const gone = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    await ownDataDirectory(folder);
    expect(lock()).toEqual(ownIdentity());
  });

  it('of a dead supervisor whose pid another program has by now is taken over, and that program is left alone', async () => {
    writeLock(JSON.stringify({ ...otherIdentity, startTime: `${otherIdentity.startTime}0` }));
    await ownDataDirectory(folder);
    expect(lock()).toEqual(ownIdentity());
    expect(readStartTime(otherIdentity.pid)).toBe(otherIdentity.startTime);
  });

  it('with a lock cut short by a full disk is taken over', async () => {
    writeLock('{"pid": 12');
    await ownDataDirectory(folder);
    expect(supervisorOf(folder)).toEqual(ownIdentity());
  });

  it('is given up only by its owner', async () => {
    writeLock(JSON.stringify(otherIdentity));
    disownDataDirectory(folder);
    expect(lock()).toEqual(otherIdentity);
    rmSync(lockFileOf(folder));
    await ownDataDirectory(folder);
    disownDataDirectory(folder);
    expect(existsSync(lockFileOf(folder))).toBe(false);
  });
});
