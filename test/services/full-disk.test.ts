import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataDirectoryOf } from '../../src/services/data-directory.ts';
import { ensureServices } from '../../src/services/ensure-services.ts';
import { supervisorOf } from '../../src/services/services-status.ts';
import { canMount } from '../support/small-disk.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'dropsweep-full-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const mounts = canMount();

describe.skipIf(!mounts)(
  `a disk without room (${mounts ? 'a small tmpfs' : 'skipped: this user may not mount'})`,
  () => {
    it('is named before anything is started, and no supervisor stays to crash', async () => {
      const dataDirectory = join(home, 'data');
      mkdirSync(dataDirectory);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDirectory]);
      try {
        const fault = ensureServices({ dataDirectory, slots: 1, timeoutMs: 60_000 });
        await expect(fault).rejects.toMatchObject({ code: 'DISK_FULL' });
        await expect(fault).rejects.toThrow(dataDirectory);
        expect(supervisorOf(dataDirectory)).toBeNull();
      } finally {
        execFileSync('umount', [dataDirectory]);
      }
    });
  },
);

describe('the data directory', () => {
  it('is DROPSWEEP_DATA, else the data folder of the user', () => {
    chmodSync(home, 0o700);
    expect(dataDirectoryOf({ DROPSWEEP_DATA: '/elsewhere', HOME: home })).toBe('/elsewhere');
    expect(dataDirectoryOf({ XDG_DATA_HOME: '/shared', HOME: home })).toBe('/shared/dropsweep');
    expect(dataDirectoryOf({ HOME: home })).toBe(join(home, '.local', 'share', 'dropsweep'));
  });
});
