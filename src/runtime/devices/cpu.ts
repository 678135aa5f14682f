import { totalmem } from 'node:os';
import type { DeviceProfile } from './device-profile.ts';
import { instructionSet } from './instruction-set.ts';

/** onnxruntime's own provider. The weights stay in their file, mapped. */
export const cpu: DeviceProfile = {
  kind: 'cpu',
  operators: null,
  alternatives: {},
  basePrecisions: ['float32', 'float16', 'int8', 'int8_all'],
  // onnxruntime has no such product here: it would make it in float32, and leave out the rounding of what goes in and out.
  float16Products: 'float',
  branches: 'one session',
  inPieces: true,
  leavesPaddingOut: true,
  reservesRuns: true,
  integersOnHost: false,
  executionProviders: ['cpu'],
  sessionEntries: {},
  weightCopies: 0,
  numericsClass: () => `${process.arch}-${instructionSet()}/threads-${process.env['DROPSWEEP_THREADS'] ?? '1'}`,
  hasHardware: () => true,
  memoryBytes: hostMemoryBytes,
};

/** Memory that this process may use: the machine's, or less where a control group says so. */
export function hostMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
