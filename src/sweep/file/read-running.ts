import { type DeviceKind, deviceKinds } from '../device-kind.ts';
import { wholeFrom } from './number-rules.ts';
import type { YamlSection } from './yaml-section.ts';

/** Trainings at once where the file does not say, as far as there are slots: lanes that wait for one cost little. */
const defaultParallelism = 8;

export interface RunningReading {
  readonly parallelism: number;
  readonly priority: number;
  readonly device: 'auto' | DeviceKind;
}

/** How a sweep takes its place among others. */
export function readRunning(file: YamlSection): RunningReading {
  return {
    parallelism: file.number('parallelism', wholeFrom(1)) ?? defaultParallelism,
    priority: file.number('priority', { ...wholeFrom(0), expected: 'a whole number of at least 0' }) ?? 0,
    device: file.choice('device', ['auto', ...deviceKinds]) ?? 'auto',
  };
}
