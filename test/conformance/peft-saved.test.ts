import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PeftConfiguration,
  readPeftConfiguration,
  readPeftParameters,
} from '../../src/adapters/peft/read-adapter.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { peftAdapter } from '../../src/export/models/peft-adapter.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import type { AdapterEngine } from '../../src/train/engine/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { batchOf, floats, headOf, readAll, readDescription, relativeError } from './read-case.ts';

const golden = sharedFolder('golden');
/** As the vectors' README states it for logits. */
const tolerance = 2e-5;

describe.skipIf(golden === null).each(['lora', 'adalora'] as const)(
  'an adapter that PEFT saved, %s (skipped without ../shared/golden)',
  (adapter) => {
    const base = path.join(golden ?? '', 'bert-seqcls-lora');
    const saved = path.join(golden ?? '', `peft-saved-${adapter}`);
    const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-peft-'));
    let configuration: PeftConfiguration;
    let engine: AdapterEngine;
    let parameters: Float32Array;

    beforeAll(async () => {
      for (const file of ['config.json', 'model.safetensors'])
        cpSync(path.join(base, file), path.join(modelFolder, file));
      configuration = readPeftConfiguration(saved);
      const shape = { ...configuration.shape, targets: ['all-linear'] };
      engine = await openEngineWithHead({ modelFolder, adapter: shape, threads: 1 }, headOf(readDescription(base)));
      parameters = readPeftParameters(path.join(saved, 'adapter_model.safetensors'), configuration, engine.layout);
    });
    afterAll(async () => {
      await engine.close();
      rmSync(modelFolder, { recursive: true });
    });

    /** The adapter of these parameters as an export writes it. */
    const write = (values: Float32Array) => {
      const row = trial(1);
      const raw = { ...row.evaluation, mode: 'raw' as const };
      const trained = canonicaliseTraining({ ...row.configuration, ...configuration.shape });
      const state = { parameters: values, firstMoment: values, secondMoment: values, step: 1 };
      const { layout, numericsClass } = engine;
      const checkpoint = { trainingHash: '', trainerVersion: '', numericsClass, seed: 1, layout, state };
      const written = peftAdapter(
        openEncoder(modelFolder),
        checkpoint,
        { ...row, configuration: trained, evaluation: raw },
        { base: 'base', task: { kind: 'classification', label_names: ['no', 'yes'] } },
      );
      const tensors = writeSafetensors(written.tensors, { format: 'pt' });
      writeFileSync(path.join(modelFolder, 'adapter_model.safetensors'), tensors);
      writeFileSync(path.join(modelFolder, 'adapter_config.json'), JSON.stringify(written.config));
      return written;
    };
    const logitsOf = (values: Float32Array) => engine.logits(values, batchOf(readAll(base, 'inputs')), null, 1);

    it('gives the logits that PEFT computes from it', async () => {
      const expected = floats(readAll(saved, 'expected'), 'logits');
      expect(relativeError(await logitsOf(parameters), expected)).toBeLessThan(tolerance);
    });

    it('is written again with the same names, shapes and bits, and means the same', () => {
      write(parameters);
      expect(readAll(modelFolder, 'adapter_model')).toEqual(readAll(saved, 'adapter_model'));
      const again = readPeftConfiguration(modelFolder);
      expect(again).toEqual({ ...configuration, shape: { ...configuration.shape, alpha: again.shape.alpha } });
      expect(again.shape.alpha).toBeCloseTo(configuration.shape.alpha, 12);
    });

    it.runIf(adapter === 'adalora')('is written without the triplets that were taken away, and read back', async () => {
      const pruned = Float32Array.from(parameters);
      const triplets = engine.layout.tensors.filter(({ name }) => name.endsWith('.lora_E'));
      for (const [module, { offset, shape }] of triplets.entries()) {
        // One module loses all of its triplets, the others some.
        const kept = module === 1 ? [] : [module % 4, (module + 2) % 4];
        for (let i = 0; i < (shape[0] ?? 0); i += 1) if (!kept.includes(i)) pruned[offset + i] = 0;
      }
      const { tensors, config } = write(pruned);
      expect(config['rank_pattern']).toMatchObject({ [triplets[0]?.name ?? '']: [true, false, true, false] });
      expect(tensors.find(({ name }) => name.endsWith('lora_B'))?.shape.at(-1)).toBe(2);
      const read = readPeftParameters(
        path.join(modelFolder, 'adapter_model.safetensors'),
        readPeftConfiguration(modelFolder),
        engine.layout,
      );
      expect(await logitsOf(read)).toEqual(await logitsOf(pruned));
    });
  },
);
