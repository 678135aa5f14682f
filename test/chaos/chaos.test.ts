import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestMachine } from '../support/test-machine.ts';
import { runChaos } from './chaos-run.ts';
import { checkChaos } from './check-chaos.ts';

/**
 * Thirty commands of the long run (`npm run chaos -- --commands 1000 --seed S`): pause, resume, resize and cancel among
 * kill -9 of trainers, train workers, the control worker, Temporal and PostgreSQL, lanes continuing as new every two
 * segments.
 */
describe('sweeps under random commands and kills', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-chaos-'));
  const machine = new TestMachine({ folder, drive: { segmentsPerRun: 2, segmentsPerSlice: 2, readingsPerRun: 4 } });

  beforeAll(() => machine.start());
  afterAll(async () => {
    await machine.stop();
    machine.discard();
  });

  it('end with no open workflow, each segment done once, every training accounted for', async () => {
    const report = await runChaos({ machine, seed: 7, commands: 30, log: () => undefined });
    expect(await checkChaos(machine, report, 120_000)).toEqual([]);
  }, 240_000);
});
