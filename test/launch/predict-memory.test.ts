import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demandPrecisionHere, predictMemory } from '../../src/launch/cost/predict-memory.ts';
import type { PreparedSweep } from '../../src/launch/prepare-sweep.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import type { BasePrecision } from '../../src/sweep/vocabulary.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-predict-'));
  writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function prepared(change: Partial<SweepDefinition>, precision: BasePrecision = 'float32'): PreparedSweep {
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 8 };
  const plan = simulatedPlan({ name: 's', trainings: 2, parallelism: 1, simulation });
  return {
    plan: {
      ...plan,
      definition: { ...plan.definition, trainer: 'onnx', ...change },
      trainings: plan.trainings.map((training) => {
        const { specification } = training;
        const configuration = { ...specification.configuration, base_precision: precision };
        return { ...training, specification: { ...specification, configuration } };
      }),
      inputs: { ...plan.inputs, base: { ...plan.inputs.base, folder } },
    },
    datasets: [],
    trainTokens: 20,
    devTokens: 20,
    longestRow: 30,
    encoderParameters: 1,
    remarks: [],
  };
}

describe('the memory of a sweep', () => {
  it('is said, and refused with its estimate where this machine’s own slots have less', () => {
    expect(predictMemory(prepared({}), {})).toEqual([
      expect.stringMatching(/^ {2}predicted memory: \d+ MiB a slot on cpu$/),
    ]);
    expect(() => predictMemory(prepared({}), {}, 2 ** 20)).toThrow(/DEVICE_UNSUITABLE[^]*30 tokens[^]*at most 1 MiB/);
  });

  it('has the engine of the training before, where adapters differ, and is refused without it', () => {
    const mebibytes = (sweep: PreparedSweep) => Number(/(\d+) MiB a slot/.exec(predictMemory(sweep, {}).join())?.[1]);
    const alike = prepared({});
    const [first, ...others] = alike.plan.trainings;
    if (first === undefined) throw new Error('the plan has trainings');
    const { specification } = first;
    const configuration = { ...specification.configuration, rank: specification.configuration.rank + 1 };
    const changed = { ...first, specification: { ...specification, configuration } };
    const differing = { ...alike, plan: { ...alike.plan, trainings: [changed, ...others] } };
    expect(mebibytes(differing)).toBeGreaterThan(mebibytes(alike));
    expect(predictMemory(differing, {})).toEqual([
      expect.stringMatching(/MiB of it the engine of the training before$/),
    ]);
    expect(() => predictMemory(differing, {}, mebibytes(alike) * 2 ** 20)).not.toThrow();
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

describe('the precision of a sweep', () => {
  const refuses = (kind: string) => Promise.reject(new Error(`tried ${kind}`));

  it('is refused by name before launch where the device has no such products', () => {
    expect(() => predictMemory(prepared({ device: 'webgpu' }, 'int8'), {})).toThrow(
      /DEVICE_UNSUITABLE[^]*webgpu[^]*base_precision[^]*int8[^]*use base_precision: float32, or device: cpu/,
    );
    expect(() => predictMemory(prepared({}, 'int8'), {})).not.toThrow();
  });

  it('is tried on this machine’s device where it is float16 and the slots are its own', async () => {
    const webgpu = { DROPSWEEP_DEVICE: 'webgpu' };
    await expect(demandPrecisionHere(prepared({}, 'float16'), webgpu, refuses)).rejects.toThrow('tried webgpu');
    await demandPrecisionHere(prepared({}), webgpu, refuses);
    await demandPrecisionHere(prepared({ device: 'cuda' }, 'float16'), webgpu, refuses);
    await demandPrecisionHere(prepared({}, 'float16'), { ...webgpu, DATABASE_URL: 'postgres://elsewhere/' }, refuses);
  });

  it('is float16 on the CPU without being tried: products are in float32 there', async () => {
    await demandPrecisionHere(prepared({}, 'float16'), {});
    expect(predictMemory(prepared({}, 'float16'), {})[1]).toMatch(/float16 is imitated on cpu/);
  });
});
