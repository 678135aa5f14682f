import { demandPrecision } from '../runtime/devices/demand-precision.ts';
import type { DeviceProfile } from '../runtime/devices/device-profile.ts';
import type { SweepPlan } from '../sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../sweep/vocabulary.ts';
import { estimateMemory, type LargestBatch, type MemoryEstimate } from './memory-estimate.ts';
import { objectiveOf, planEngine } from './plan-engine.ts';

export interface PlanEstimate {
  readonly memory: MemoryEstimate;
  readonly batch: LargestBatch;
}

/**
 * The memory of the plan's most demanding step: of each set of targets, the largest rank with the largest batch.
 * @param longestRow tokens of the longest train row, before it is cut to max_length
 * @throws DEVICE_UNSUITABLE where the device cannot run one of the plan's graphs; MODEL_UNSUPPORTED
 */
export function estimatePlan(plan: SweepPlan, longestRow: number, device: DeviceProfile): PlanEstimate {
  const groups = new Map<string, TrainingConfiguration[]>();
  for (const { specification } of plan.trainings) {
    demandPrecision(device, specification.configuration.base_precision);
    const { adapter, targets, layers, pooling, lora_dropout, hidden_dropout } = specification.configuration;
    const { masked, mask_sharing } = specification.configuration;
    const drops = [lora_dropout, hidden_dropout].map((rate) => rate !== undefined && rate > 0);
    const key = JSON.stringify([adapter, targets, layers, pooling, drops, masked, mask_sharing]);
    groups.set(key, [...(groups.get(key) ?? []), specification.configuration]);
  }
  const estimates = [...groups.values()].flatMap((group) => {
    const largest = group.toSorted((a, b) => b.rank - a.rank)[0];
    if (largest === undefined) return [];
    const request = { modelFolder: plan.inputs.base.folder, adapter: largest, device: device.kind };
    const batch = {
      rows: Math.max(...group.map((each) => each.micro_batch_size ?? each.batch_size)),
      length: Math.min(longestRow, Math.max(...group.map((each) => each.max_length))),
      instances: Math.max(...group.map((each) => each.train_instances)),
    };
    const engine = planEngine(request, objectiveOf(plan.inputs.task, largest));
    return [{ memory: estimateMemory(engine, device, batch), batch }];
  });
  const [most] = estimates.toSorted((a, b) => b.memory.total - a.memory.total);
  if (most === undefined) throw new RangeError('a plan has trainings');
  return most;
}
