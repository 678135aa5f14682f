import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { DeviceProfile } from './device-profile.ts';

/** onnxruntime's own provider. The weights stay in their file, mapped. */
export const cpu: DeviceProfile = {
  kind: 'cpu',
  operators: null,
  alternatives: {},
  basePrecisions: ['float32', 'int8'],
  branches: 'one session',
  integersOnHost: false,
  executionProviders: ['cpu'],
  sessionEntries: {},
  weightCopies: 0,
  numericsClass: () => `${process.arch}-${instructionSet()}/threads-${process.env['DROPSWEEP_THREADS'] ?? '1'}`,
  hasHardware: () => true,
  memoryBytes: hostMemoryBytes,
};

/** What this process may use: the machine's memory, or less where a control group says so. */
function hostMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function instructionSet(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return process.platform;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const known = ['amx_int8', 'avx512_vnni', 'avx512f', 'avx_vnni', 'avx2', 'avx'];
  return known.find((flag) => flags.includes(flag)) ?? 'sse';
}
