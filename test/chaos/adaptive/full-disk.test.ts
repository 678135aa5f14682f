import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSweep } from '../../../src/store/plans/create-sweep.ts';
import { eventually } from '../../support/sweep-machine.ts';
import { canMount, fill } from '../../support/small-disk.ts';
import { ChaosMachine } from './chaos-machine.ts';
import { chaosPlan } from './chaos-sweep.ts';
import { checkFaults } from './check-faults.ts';

const mountable = canMount();

describe.skipIf(!mountable)(
  `a sweep whose disk fills${mountable ? '' : ' (skipped: needs root and the right to mount)'}`,
  () => {
    const disk = mkdtempSync(join(tmpdir(), 'dropsweep-full-sweep-'));
    const machine = new ChaosMachine(join(disk, 'all'));
    const filler = join(disk, 'filler');

    beforeAll(async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', disk]);
      await machine.start();
    });
    afterAll(async () => {
      rmSync(filler, { force: true });
      machine.end();
      await sleep(500);
      execFileSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true });
    });

    it('stands still with its record, its queue and its checkpoints, and goes on by itself when there is room', {
      timeout: 400_000,
    }, async () => {
      const sweep = { name: 'full', search: 'asha', trainings: 60, seed: 1, extensions: 0, learnFrom: null } as const;
      const { sweepId } = await createSweep(machine.store, { plan: chaosPlan(sweep), datasets: [], launchedBy: {} });
      const reached = async (count: number) => {
        const { rows } = await sql<{ done: number }>`select count(*)::integer as done from sweep_trainings
            where sweep_id = ${sweepId} and not open`.execute(machine.store.db);
        return (rows[0]?.done ?? 0) >= count ? true : null;
      };
      expect(await eventually(() => reached(5), 120_000)).toBe(true);
      fill(filler);
      // Long enough for claims, commits, checkpoints and logs to meet it.
      await sleep(12_000);
      rmSync(filler);
      const report = { sweeps: [{ ...sweep, sweepId }], faults: 1, counts: {}, wrong: [] };
      expect(await checkFaults(machine, report, 200_000)).toEqual([]);
      const logs = ['postgres', 'worker', 'temporal'].map((name) => join(machine.dataDirectory, 'logs', `${name}.log`));
      const told = await sql`select 1 from sweep_events where detail ->> 'code' = 'DISK_FULL'`.execute(
        machine.store.db,
      );
      const met = logs.some(
        (log) => existsSync(log) && /No space left|ENOSPC|DISK_FULL/.test(readFileSync(log, 'utf8')),
      );
      expect(met || told.rows.length > 0).toBe(true);
    });
  },
);
