import { formatCount } from '../../base/format-count.ts';
import { cpus } from 'node:os';
import type { DeviceKind } from '../../sweep/device-kind.ts';

/** The class of slots that a packing plan is measured on: alike in device, threads and processor. */
export function packingDevice(device: DeviceKind, threadsPerSlot: number): string {
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${device}, ${formatCount(threadsPerSlot, 'thread')}, ${processor}`;
}
