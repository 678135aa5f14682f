import { hostname, userInfo } from 'node:os';
import { machineHardware } from '../runtime/devices/machine-hardware.ts';
import { trainerVersion } from '../sweep/trainer-version.ts';
import { productVersion } from './product-version.ts';

/** Who launched, where, with what: part of every export. */
export function launchedBy(): Readonly<Record<string, string>> {
  return {
    user: userName(),
    host: hostname(),
    dropsweep: productVersion(),
    trainer_version: trainerVersion,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    // That it was trained there is not said: a report tells the machines that trained.
    launched_from: machineHardware(),
  };
}

/** A container's user may have no entry in the password file. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error) return String(process.getuid?.() ?? 'unknown');
    throw error;
  }
}
