import { DropsweepError } from '../../base/errors.ts';
import type { DeviceKind } from '../../sweep/device-kind.ts';
import { howToInstall } from './demand-device.ts';
import { deviceProfiles } from './device-profiles.ts';
import { refusalOf } from './probe-devices.ts';

/** The devices that a worker may be told; auto: the first of these that opens. */
export type DeviceWish = DeviceKind | 'auto';

const preferred: readonly DeviceKind[] = ['cuda', 'webgpu', 'cpu'];

/**
 * The device to compute on: the one asked for, if it opens, or the best that does.
 * @param refusal why a device does not open; null: it does
 * @throws DEVICE_UNSUITABLE where the one asked for does not
 */
export async function chooseDevice(
  wish: DeviceWish,
  environment: NodeJS.ProcessEnv,
  refusal: (kind: DeviceKind, environment: NodeJS.ProcessEnv) => Promise<string | null> = refusalOf,
  hasHardware = (kind: DeviceKind): boolean => deviceProfiles[kind].hasHardware(),
): Promise<DeviceKind> {
  if (wish === 'cpu') return wish;
  if (wish === 'auto') {
    for (const kind of preferred) {
      if (kind === 'cpu' || (hasHardware(kind) && (await refusal(kind, environment)) === null)) return kind;
    }
    return 'cpu';
  }
  const why = await refusal(wish, environment);
  if (why === null) return wish;
  throw new DropsweepError('DEVICE_UNSUITABLE', `there is no device ${wish} here`, {
    got: why,
    fix: howToInstall(wish),
  });
}
