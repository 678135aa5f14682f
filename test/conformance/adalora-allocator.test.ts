import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AllocationSchedule,
  allocateRanks,
  initialAllocation,
  rankBudget,
  type TripletPlace,
} from '../../src/adapters/adalora/rank-allocator.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { floats, readAll, relativeError, type StoredTensor } from './read-case.ts';

interface AllocatorCase {
  readonly config: {
    readonly init_r: number;
    readonly target_r: number;
    readonly tinit: number;
    readonly tfinal: number;
    readonly deltaT: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly total_step: number;
  };
  readonly modules: readonly string[];
  readonly steps: readonly {
    readonly step: number;
    readonly budget: number;
    readonly active: Readonly<Record<string, number>>;
  }[];
}

const golden = sharedFolder('golden');
const parts = ['lora_A', 'lora_B', 'lora_E'] as const;

describe.skipIf(golden === null)("PEFT's RankAllocator, step by step (skipped without ../shared/golden)", () => {
  const folder = path.join(golden ?? '', 'adalora-allocator');
  const load = () => {
    const { config, modules, steps } = JSON.parse(
      readFileSync(path.join(folder, 'case.json'), 'utf8'),
    ) as AllocatorCase;
    const schedule: AllocationSchedule = {
      totalSteps: config.total_step,
      warmupSteps: config.tinit,
      finalSteps: config.tfinal,
      interval: config.deltaT,
      targetRank: config.target_r,
      sensitivitySmoothing: config.beta1,
      uncertaintySmoothing: config.beta2,
    };
    return { modules, steps, schedule, tensors: readAll(folder, 'steps') };
  };

  it('is followed in budgets, in ranks that stay, and in Λ', () => {
    const { modules, steps, schedule, tensors } = load();
    const { places, length } = placesOf(modules, tensors);
    let allocation = initialAllocation(places, length);
    for (const { step, budget, active } of steps) {
      const parameters = flat(modules, tensors, `${step}.weight`);
      const gradient = flat(modules, tensors, `${step}.grad`);
      const after = allocateRanks(schedule, places, allocation, { step, parameters, gradient });
      allocation = after.allocation;
      expect(rankBudget(schedule, places, step).budget, `budget of step ${step}`).toBe(budget);
      for (const [index, module] of modules.entries()) {
        const { lambda = 0, rank = 0 } = places[index] ?? {};
        const got = after.parameters.subarray(lambda, lambda + rank);
        expect(got.filter((value) => value !== 0).length, `step ${step}`).toBe(active[`${module}.lora_E`]);
        const expected = floats(tensors, `${step}.lora_E_after.${module}.lora_E`);
        expect(relativeError(got, expected), `Λ of ${module} after step ${step}`).toBeLessThan(1e-7);
      }
    }
  });
});

/** The modules' tensors one after another, as a layout has them. */
function flat(modules: readonly string[], tensors: ReadonlyMap<string, StoredTensor>, prefix: string): Float32Array {
  return Float32Array.from(
    modules.flatMap((module) => parts.flatMap((part) => [...floats(tensors, `${prefix}.${module}.${part}`)])),
  );
}

function placesOf(modules: readonly string[], tensors: ReadonlyMap<string, StoredTensor>) {
  let length = 0;
  const places = modules.map((module): TripletPlace => {
    const [rank = 0, inFeatures = 0] = tensors.get(`0.weight.${module}.lora_A`)?.shape ?? [];
    const [outFeatures = 0] = tensors.get(`0.weight.${module}.lora_B`)?.shape ?? [];
    const q = length;
    const p = q + rank * inFeatures;
    const lambda = p + outFeatures * rank;
    length = lambda + rank;
    return { rank, inFeatures, outFeatures, q, p, lambda };
  });
  return { places, length };
}
