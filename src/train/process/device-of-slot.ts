import { DropsweepError } from '../../base/errors.ts';
import { type DeviceKind, deviceKinds, isDeviceKind } from '../../sweep/device-kind.ts';

/**
 * The device that a slot's process was told: DROPSWEEP_DEVICE, settled by its worker; absent: the CPU.
 * @throws USAGE
 */
export function deviceOfSlot(environment: NodeJS.ProcessEnv): DeviceKind {
  const text = environment['DROPSWEEP_DEVICE'] ?? 'cpu';
  if (isDeviceKind(text)) return text;
  throw new DropsweepError('USAGE', 'no such device', {
    where: 'DROPSWEEP_DEVICE',
    got: text,
    expected: deviceKinds.join(', '),
  });
}
