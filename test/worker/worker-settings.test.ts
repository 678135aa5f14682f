import { describe, expect, it } from 'vitest';
import { readWorkerSettings } from '../../src/worker/worker-settings.ts';

const environment = { DATABASE_URL: 'postgres://somewhere/database' };

describe('a worker’s device', () => {
  it('is the CPU, what the environment names, or what its argument says, the last before the others', () => {
    expect(readWorkerSettings([], environment).device).toBe('cpu');
    expect(readWorkerSettings([], { ...environment, DROPSWEEP_DEVICE: 'auto' }).device).toBe('auto');
    const both = readWorkerSettings(['--device', 'webgpu'], { ...environment, DROPSWEEP_DEVICE: 'cuda' });
    expect(both.device).toBe('webgpu');
  });

  it('is refused where there is no such kind', () => {
    expect(() => readWorkerSettings(['--device', 'gpu'], environment)).toThrow(
      /USAGE[^]*gpu[^]*auto, cpu, cuda, webgpu/,
    );
  });
});
