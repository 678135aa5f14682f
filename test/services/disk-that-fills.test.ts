import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureServices } from '../../src/services/ensure-services.ts';
import { logFileOf, readStatus, supervisorOf } from '../../src/services/services-status.ts';
import { stopServices } from '../../src/services/stop-services.ts';
import { isProvedDead } from '../../src/worker/slots/process-identity.ts';
import { canMount, fill } from '../support/small-disk.ts';
import { startTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { testTemporalAddress } from '../support/temporal.ts';

const mountable = canMount();

let disk: string;

function mountDisk(size: string): string {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  const dataDirectory = join(disk, 'data');
  mkdirSync(dataDirectory, { mode: 0o700 });
  return dataDirectory;
}

describe.skipIf(!mountable)(
  `a disk that fills while services are up${mountable ? '' : ' (skipped: needs root and the right to mount)'}`,
  () => {
    let database: TestDatabase;

    beforeEach(async () => {
      disk = mkdtempSync(join(tmpdir(), 'dropsweep-disk-'));
      database = await startTestDatabase();
    });

    afterEach(async () => {
      rmSync(join(disk, 'filler'), { force: true });
      await stopServices(join(disk, 'data'));
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true });
      await database.drop();
    });

    it('ends no supervisor: what died meanwhile is started when there is room again', async () => {
      const dataDirectory = mountDisk('256m');
      const environment = {
        ...process.env,
        DATABASE_URL: database.databaseUrl,
        TEMPORAL_ADDRESS: await testTemporalAddress(),
      };
      await ensureServices({ dataDirectory, environment, slots: 1, timeoutMs: 120_000 });
      const supervisor = supervisorOf(dataDirectory);
      const worker = readStatus(dataDirectory)?.services['worker']?.process ?? null;
      if (supervisor === null || worker === null) throw new Error('not up');
      const filler = join(disk, 'filler');
      fill(filler);
      fill(logFileOf(dataDirectory, 'supervisor')); // The last page of a file has room where the disk has none.
      fill(logFileOf(dataDirectory, 'supervisor')); // The last page of a file has room where the disk has none.
      process.kill(worker.pid, 'SIGKILL');
      while (!isProvedDead(worker)) await sleep(20);
      // Long enough for several tries, each of which wants to write to the log and the status.
      await sleep(3_000);
      expect(isProvedDead(supervisor)).toBe(false);
      rmSync(filler);
      const running = () => readStatus(dataDirectory)?.services['worker']?.process?.pid ?? worker.pid;
      while (running() === worker.pid) await sleep(50);
      expect(supervisorOf(dataDirectory)).toEqual(supervisor);
      expect(readStatus(dataDirectory)?.state).toBe('up');
    });
  },
);
