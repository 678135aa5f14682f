import { DropsweepError } from '../../base/errors.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import { float16RefusalOf } from './probe-devices.ts';

/**
 * Tries a product in float16 where a device makes a float16 base's products itself: a profile cannot know the card.
 * @param refusal why a device does not make it; null: it does
 * @throws DEVICE_UNSUITABLE
 */
export async function demandFloat16(
  kind: DeviceKind,
  environment: NodeJS.ProcessEnv,
  refusal: typeof float16RefusalOf = float16RefusalOf,
): Promise<void> {
  const why = await refusal(kind, environment);
  if (why === null) return;
  throw new DropsweepError('DEVICE_UNSUITABLE', `the device ${kind} here makes no products in float16`, {
    where: 'base_precision: float16',
    got: why,
    expected:
      kind === 'webgpu' ? 'a card and driver with WebGPU’s feature shader-f16' : 'a card that computes in float16',
    fix: 'use base_precision: float32, or device: cpu, where float16 is imitated; `dropsweep doctor` looks again',
  });
}
