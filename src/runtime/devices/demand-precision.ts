import { DropsweepError } from '../../base/errors.ts';
import type { BasePrecision } from '../../sweep/vocabulary.ts';
import type { DeviceProfile } from './device-profile.ts';

/** @throws DEVICE_UNSUITABLE where a device does not multiply numbers of that precision */
export function demandPrecision({ kind, basePrecisions }: DeviceProfile, precision: BasePrecision): void {
  if (basePrecisions.includes(precision)) return;
  throw new DropsweepError('DEVICE_UNSUITABLE', `the device ${kind} does not run this precision`, {
    where: 'base_precision',
    got: precision,
    expected: basePrecisions.join(', '),
    fix: `use base_precision: ${basePrecisions[0] ?? 'float32'}, or device: cpu`,
  });
}
