import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestMachine } from '../support/test-machine.ts';
import { removeFolder } from '../support/sweep-machine.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';

/** Real PostgreSQL, real Temporal, one worker process of both roles, trainer processes with the simulated trainer. */
describe('a simulated sweep on a machine of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-machine-'));
  const machine = new TestMachine({ folder, drive: { segmentsPerRun: 2, segmentsPerSlice: 2, readingsPerRun: 3 } });

  beforeAll(() => machine.start());
  afterAll(async () => {
    await machine.stop();
    removeFolder(folder);
  });

  it('runs from launch to completion and leaves no workflow open', async () => {
    const simulation = { step_ms: 5, failure_rate: 0.2, crash_rate: 0.1, steps: 10 };
    const plan = simulatedPlan({ name: randomUUID(), trainings: 12, parallelism: 3, simulation });
    const sweepId = await machine.launch(plan);
    expect(await machine.finished(sweepId, 50_000)).toBe('completed');
    expect(await machine.account(sweepId)).toMatchObject({ trainings: 12, open: 0, doubled: 0, gaps: 0 });
    expect(await machine.openWorkflows(15_000)).toEqual([]);
  });
});
