import { demandFloat16 } from '../../runtime/devices/demand-float16.ts';
import { deviceProfiles } from '../../runtime/devices/device-profiles.ts';
import { type DeviceKind, isDeviceKind } from '../../sweep/device-kind.ts';
import type { SweepPlan } from '../../sweep/sweep-definition.ts';
import { kindsOf } from '../../sweep/training-kinds.ts';
import { traitsOf } from '../../sweep/trainer-traits.ts';
import { estimatePlan } from '../../train/segments/estimate-plan.ts';
import { demandMemory } from '../../train/engine/memory-estimate.ts';
import type { PreparedSweep } from '../prepare-sweep.ts';

/**
 * Tries this machine's device where a sweep's base is in float16 and the slots are this machine's own; others try
 * theirs.
 * @throws DEVICE_UNSUITABLE
 */
export async function demandPrecisionHere(
  { plan }: PreparedSweep,
  environment: NodeJS.ProcessEnv,
  demand: typeof demandFloat16 = demandFloat16,
): Promise<void> {
  const { definition } = plan;
  const own = ownDevice(environment);
  const elsewhere = environment['DATABASE_URL'] !== undefined || (definition.device ?? own) !== own;
  if (!traitsOf(definition.trainer).base || elsewhere) return;
  if (hasFloat16(plan)) await demand(own, environment);
}

/**
 * Says what memory a slot of a sweep takes, and refuses a sweep that its device cannot run. Memory is refused only
 * where the slots are this machine's own: others know theirs, and refuse then.
 * @param time what the sweep would take, for the refusal
 * @returns lines for the summary; none where no model is there to look at
 * @throws DEVICE_UNSUITABLE
 */
export function predictMemory(
  prepared: PreparedSweep,
  environment: NodeJS.ProcessEnv,
  available?: number,
  time?: string,
): readonly string[] {
  const estimate = slotEstimate(prepared, environment);
  if (estimate === null) return [];
  const { plan } = prepared;
  const own = ownDevice(environment);
  const { kind, device, memory, batch, keptBeside } = estimate;
  const slotsAreOwn = environment['DATABASE_URL'] === undefined && kind === own;
  const imitated =
    device.float16Products === 'float' && hasFloat16(plan)
      ? [`float16 is imitated on ${kind}: a card's numbers, in float32's time and memory`]
      : [];
  const lasting = time === undefined ? [] : [`predicted time where it fits: ${time}`];
  if (slotsAreOwn) demandMemory(memory, batch, device, available, [...imitated, ...lasting]);
  const lines = [
    `  predicted memory: ${mebibytes(memory.total + keptBeside)} a slot on ${kind}${
      keptBeside === 0 ? '' : `, ${mebibytes(keptBeside)} of it the engine of the training before`
    }`,
    ...imitated.map((line) => `  ${line}`),
  ];
  if (kind !== own) lines.push(`  waits for a worker of that device: dropsweep worker --device ${kind}`);
  return lines;
}

/** Memory that a slot of a sweep takes; null where no model is there to look at. */
export function slotMemoryBytes(prepared: PreparedSweep, environment: NodeJS.ProcessEnv): number | null {
  const estimate = slotEstimate(prepared, environment);
  return estimate === null ? null : estimate.memory.total + estimate.keptBeside;
}

function slotEstimate({ plan, longestRow, evaluated }: PreparedSweep, environment: NodeJS.ProcessEnv) {
  const { definition, inputs, trainings } = plan;
  if (!traitsOf(definition.trainer).base || inputs.base.folder === '' || trainings.length === 0) return null;
  const kind = definition.device ?? ownDevice(environment);
  const device = deviceProfiles[kind];
  return { kind, device, ...estimatePlan(plan, longestRow, device, evaluated) };
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** The device of this machine's own slots; auto is theirs to settle. */
export function ownDevice(environment: NodeJS.ProcessEnv): DeviceKind {
  const text = environment['DROPSWEEP_DEVICE'] ?? 'cpu';
  return isDeviceKind(text) ? text : 'cpu';
}

function hasFloat16({ trainings }: SweepPlan): boolean {
  return kindsOf(trainings).some(
    ({ first: { specification } }) => specification.configuration.base_precision === 'float16',
  );
}
