import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSweep } from '../../src/store/commands.ts';
import type { SimulationSettings } from '../../src/sweep/vocabulary.ts';
import { wakeSweep } from '../../src/worker/watching/wake-sweep.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { TestMachine } from '../support/test-machine.ts';

const calm: SimulationSettings = { step_ms: 5, failure_rate: 0, crash_rate: 0, steps: 10 };

/**
 * Real PostgreSQL, real Temporal, a control worker and two train workers, trainer processes with the simulated trainer;
 * lanes continue as new every two segments, the sweep's workflow every three readings.
 */
describe('a simulated sweep on a machine of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropsweep-machine-'));
  const machine = new TestMachine({ folder, drive: { segmentsPerRun: 2, segmentsPerSlice: 2, readingsPerRun: 3 } });
  const launch = async (trainings: number, simulation: SimulationSettings, parallelism = 3) => {
    const name = randomUUID();
    return { name, sweepId: await machine.launch(simulatedPlan({ name, trainings, parallelism, simulation })) };
  };

  beforeAll(() => machine.start());
  afterAll(async () => {
    await machine.stop();
    machine.discard();
  });

  it('runs from launch to completion, with divergences as values, and leaves no workflow open', async () => {
    const { sweepId } = await launch(12, { ...calm, failure_rate: 0.3 });
    expect(await machine.finished(sweepId, 50_000)).toBe('completed');
    const account = await machine.account(sweepId);
    expect(account).toMatchObject({ trainings: 12, open: 0, doubled: 0, gaps: 0 });
    expect(account.states['succeeded']).toBeGreaterThan(0);
    expect(account.states['diverged']).toBeGreaterThan(0);
    expect(await machine.openWorkflows(15_000)).toEqual([]);
  });

  it('ends a training that kills its process three times as crashed, and goes on', async () => {
    const { sweepId } = await launch(2, { ...calm, crash_rate: 1 });
    expect(await machine.finished(sweepId, 50_000)).toBe('completed');
    expect((await machine.account(sweepId)).states).toEqual({ crashed: 2 });
  });

  it('cancels after its workflows have continued as new', async () => {
    const { name, sweepId } = await launch(200, { ...calm, step_ms: 20 });
    expect(await machine.untilFinishedTrainings(sweepId, 8, 30_000)).toBe(true);
    expect(await machine.closedRuns('CONTINUED_AS_NEW', sweepId)).toBeGreaterThan(0);
    await commandSweep(machine.store, name, randomUUID(), { kind: 'cancel' });
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId });
    expect(await machine.finished(sweepId, 5_000)).toBe('cancelled');
    expect(await machine.openWorkflows(30_000)).toEqual([]);
    expect(await machine.looseEnds()).toEqual([]);
  });

  it('gives its slots back while it is paused, and goes on from checkpoints', async () => {
    const { name, sweepId } = await launch(6, { ...calm, steps: 100, step_ms: 20 });
    expect(await machine.untilFinishedTrainings(sweepId, 1, 30_000)).toBe(true);
    await commandSweep(machine.store, name, randomUUID(), { kind: 'pause' });
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId });
    expect(await machine.untilNothingClaimed(20_000)).toBe(true);
    await commandSweep(machine.store, name, randomUUID(), { kind: 'resume' });
    await wakeSweep(machine.client, { deployment: machine.deployment, sweepId });
    expect(await machine.finished(sweepId, 40_000)).toBe('completed');
    expect(await machine.account(sweepId)).toMatchObject({ open: 0, doubled: 0, gaps: 0 });
  });

  it('drains a worker that is told to end: its segments are given back with checkpoints, and finished by others', async () => {
    const { sweepId } = await launch(4, { ...calm, steps: 200, step_ms: 20 }, 4);
    const [, worker] = machine.processes.workers;
    expect(await machine.untilClaimed(sweepId, 4, 20_000)).toBe(true);
    expect(await worker?.stop()).toBe(0);
    expect(await machine.finished(sweepId, 50_000)).toBe('completed');
    await worker?.start();
    expect(await machine.account(sweepId)).toMatchObject({ open: 0, doubled: 0, gaps: 0 });
    expect((await machine.attemptOutcomes(sweepId)).toSorted()).toEqual(['evaluated', 'released', 'trained']);
  });

  it('hands the segments of a killed worker to others, and loses nothing with all of Temporal', async () => {
    const { sweepId } = await launch(20, { ...calm, steps: 30, step_ms: 20 });
    expect(await machine.untilFinishedTrainings(sweepId, 2, 30_000)).toBe(true);
    await machine.processes.workers[1]?.kill();
    await machine.loseTemporal();
    expect(await machine.finished(sweepId, 50_000)).toBe('completed');
    expect(await machine.account(sweepId)).toMatchObject({ trainings: 20, open: 0, doubled: 0, gaps: 0 });
    expect(await machine.openWorkflows(15_000)).toEqual([]);
    expect(await machine.looseEnds()).toEqual([]);
  });
});
