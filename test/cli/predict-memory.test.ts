import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictMemory } from '../../src/cli/predict-memory.ts';
import type { PreparedSweep } from '../../src/cli/prepare-sweep.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-predict-'));
  writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function prepared(change: Partial<SweepDefinition>): PreparedSweep {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 8 };
  const plan = simulatedPlan({ name: 's', trainings: 2, parallelism: 1, simulation });
  return {
    plan: {
      ...plan,
      definition: { ...plan.definition, trainer: 'onnx', ...change },
      inputs: { ...plan.inputs, base: { ...plan.inputs.base, folder } },
    },
    datasets: [],
    trainTokens: 20,
    devTokens: 20,
    longestRow: 30,
    encoderParameters: 1,
  };
}

describe('the memory of a sweep', () => {
  it('is said, and refused with its estimate where this machine’s own slots have less', () => {
    expect(predictMemory(prepared({}), {})).toEqual([
      expect.stringMatching(/^ {2}predicted memory: \d+ MiB a slot on cpu$/),
    ]);
    expect(() => predictMemory(prepared({}), {}, 2 ** 20)).toThrow(/DEVICE_UNSUITABLE[^]*30 tokens[^]*at most 1 MiB/);
  });

  it('is not refused for the slots of others, which know theirs', () => {
    expect(predictMemory(prepared({}), { DATABASE_URL: 'postgres://elsewhere/' }, 2 ** 20)).toHaveLength(1);
    expect(predictMemory(prepared({ device: 'webgpu' }), {}, 2 ** 20)).toEqual([
      expect.stringContaining('MiB a slot on webgpu'),
      expect.stringContaining('dropsweep worker --device webgpu'),
    ]);
  });

  it('is nobody’s where curves are simulated', () => {
    expect(predictMemory(prepared({ trainer: 'simulated' }), {}, 1)).toEqual([]);
  });
});
