import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedFolder } from '../support/shared-folder.ts';
import { softwareVulkan, useVulkanDriver } from '../support/software-vulkan.ts';
import { runCase } from './run-case.ts';

const golden = sharedFolder('golden') ?? '';
const own = path.join(import.meta.dirname, '..', 'models', 'vectors');
const driver = softwareVulkan();

/** One of each family, both adapters, all heads of samples and spans. */
const cases = [
  'bert-seqcls-lora',
  'bert-qa-adalora',
  'bert-regression-lora',
  'roberta-seqcls-lora',
  'distilbert-seqcls-adalora',
  'deberta-v3-seqcls-lora',
];

describe.skipIf(golden === '' || driver === null)(
  'on WebGPU, with nothing left to the CPU but integers (skipped without ../shared/golden, and without a software Vulkan driver: DROPSWEEP_TEST_VULKAN names the .json of one)',
  () => {
    beforeAll(() => useVulkanDriver(driver ?? ''));

    it.each(cases)('%s meets the reference vectors with the CPU’s tolerance', { timeout: 240_000 }, async (name) => {
      const { misses, measures } = await runCase(path.join(golden, name), 1, undefined, 'webgpu');
      expect(misses).toEqual([]);
      for (const { kind, compared } of measures) expect(compared, kind).toBeGreaterThan(0);
    });

    it('drops elements as the CPU does, their masks made floats by the host', { timeout: 240_000 }, async () => {
      for (const name of ['bert-lora-dropout-seqcls-lora', 'deberta-v2-dropout-seqcls-lora']) {
        expect((await runCase(path.join(own, name), 1, undefined, 'webgpu')).misses).toEqual([]);
      }
    });

    it('refuses a language model’s loss, naming what the device lacks', async () => {
      await expect(runCase(path.join(golden, 'gpt2-lm-lora'), 1, undefined, 'webgpu')).rejects.toThrow(
        /DEVICE_UNSUITABLE[^]*Scan of float/,
      );
    });
  },
);
