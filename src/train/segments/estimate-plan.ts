import { demandPrecision } from '../../runtime/devices/demand-precision.ts';
import type { DeviceProfile } from '../../runtime/devices/device-profile.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import { shapeOf } from '../../sweep/training-fields.ts';
import type { TaskShape, TrainingConfiguration } from '../../sweep/vocabulary.ts';
import { elementRates, dropsElements } from '../../sweep/element-dropout.ts';
import { type EvaluationSize, sizeOf } from './evaluation-batches.ts';
import { estimateMemory, evaluationBytes, type LargestBatch, type MemoryEstimate } from '../engine/memory-estimate.ts';
import { objectiveOf, planEngine } from '../engine/plan-engine.ts';

export interface PlanEstimate {
  readonly memory: MemoryEstimate;
  readonly batch: LargestBatch;
  /** Bytes of a second engine, which a slot keeps open where trainings differ in their adapters; 0 where none do. */
  readonly keptBeside: number;
}

/** Rows that a plan's trainings are evaluated on, as inputs of the base. */
export interface EvaluatedInputs {
  /** Of a set that has a task of its own; absent: the plan's. */
  readonly task?: TaskShape;
  /** The passes that decide, where what rows begin with is read once for them. */
  readonly together: readonly EvaluationSize[];
  /** The same where each row is read whole, since elements are dropped of each. */
  readonly apart: readonly EvaluationSize[];
  /** Bytes of the rows and their tokens. */
  readonly bytes: number;
}

/**
 * The memory of the plan's most demanding step and evaluations: of each set of targets, the largest rank with the largest
 * batch.
 * @param longestRow tokens of the longest train row, before it is cut to max_length
 * @param evaluated absent: not known, and taken to be as long as the longest train row
 * @throws DEVICE_UNSUITABLE where the device cannot run one of the plan's graphs; MODEL_UNSUPPORTED
 */
export function estimatePlan(
  plan: SweepPlan,
  longestRow: number,
  device: DeviceProfile,
  evaluated?: readonly EvaluatedInputs[],
): PlanEstimate {
  const groups = new Map<string, TrainingConfiguration[]>();
  const kinds = kindsOf(plan.trainings).map(({ first }) => first);
  for (const { specification } of kinds) {
    demandPrecision(device, specification.configuration.base_precision);
    const { adapter, targets, layers, pooling, lora_dropout, hidden_dropout } = specification.configuration;
    const { masked, mask_sharing } = specification.configuration;
    const drops = [lora_dropout, hidden_dropout].map((rate) => rate !== undefined && rate > 0);
    const key = JSON.stringify([adapter, targets, layers, pooling, drops, masked, mask_sharing]);
    groups.set(key, [...(groups.get(key) ?? []), specification.configuration]);
  }
  const several = kinds.some(({ evaluations }) =>
    evaluations.some(({ configuration }) => evaluations.length > 1 || configuration.ensemble_size > 1),
  );
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
    const isWhole = group.some((each) => dropsElements(elementRates(each)) || each.mask_sharing === 'row');
    const sizesOf = ({ together, apart }: EvaluatedInputs) => (isWhole ? apart : together);
    const own = evaluated?.filter(({ task }) => task === undefined).flatMap(sizesOf) ?? [sizeOf(batch.length)];
    // A slot keeps two engines open: the training's, and that of one other task.
    const others = evaluated?.flatMap(({ task, ...inputs }) =>
      task === undefined
        ? []
        : evaluationBytes(planEngine(request, objectiveOf(task, largest)), device, sizesOf(inputs)),
    );
    const rows = evaluated?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    const demand = { sizes: own, others: Math.max(0, ...(others ?? [])), rows, several };
    const memory = estimateMemory(engine, device, batch, 1, demand);
    const engines = new Set(group.map((each) => JSON.stringify(shapeOf(each, ['adapter', 'head'])))).size;
    return [{ memory, batch, engines }];
  });
  const ordered = estimates.toSorted((a, b) => b.memory.total - a.memory.total);
  const [most, next] = ordered.flatMap((each) => (each.engines > 1 ? [each, each] : [each]));
  if (most === undefined) throw new RangeError('a plan has trainings');
  const keptBeside = next === undefined ? 0 : next.memory.state + next.memory.activations;
  return { memory: most.memory, batch: most.batch, keptBeside };
}
