import { cpus } from 'node:os';
import { formatCount } from '../../base/format-count.ts';
import { hostMemoryBytes } from './cpu.ts';

/** Processor, cores and memory of this machine, in words: AMD EPYC 7B13, 8 cores, 31.2 GiB. */
export function machineHardware(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim().replace(/\s+/g, ' ') ?? '';
  const memory = `${(hostMemoryBytes() / 2 ** 30).toFixed(1)} GiB`;
  return [...(model === '' ? [] : [model]), formatCount(processors.length, 'core'), memory].join(', ');
}
