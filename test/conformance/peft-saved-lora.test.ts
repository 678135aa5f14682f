import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPeftConfiguration, readPeftParameters } from '../../src/adapters/peft/read-adapter.ts';
import { writeSafetensors } from '../../src/formats/safetensors.ts';
import { peftAdapter } from '../../src/report/peft-adapter.ts';
import type { AdapterEngine } from '../../src/train/adapter-engine.ts';
import { openEngineWithHead } from '../../src/train/open-adapter-engine.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { batchOf, floats, headOf, readAll, readDescription, relativeError } from './read-case.ts';

const golden = sharedFolder('golden');
/** As the vectors' README states it for logits. */
const tolerance = 2e-5;

describe.skipIf(golden === null)('an adapter that PEFT saved (skipped without ../shared/golden)', () => {
  const base = path.join(golden ?? '', 'bert-seqcls-lora');
  const saved = path.join(golden ?? '', 'peft-saved-lora');
  const modelFolder = mkdtempSync(path.join(tmpdir(), 'dropsweep-peft-'));
  let engine: AdapterEngine;
  let parameters: Float32Array;

  beforeAll(async () => {
    for (const file of ['config.json', 'model.safetensors'])
      cpSync(path.join(base, file), path.join(modelFolder, file));
    const { rank, alpha } = readPeftConfiguration(saved);
    const adapter = { adapter: 'lora', rank, alpha, targets: ['all-linear'] } as const;
    engine = await openEngineWithHead({ modelFolder, adapter, threads: 1 }, headOf(readDescription(base)));
    parameters = readPeftParameters(saved, engine.layout.tensors, engine.layout.length);
  });
  afterAll(async () => {
    await engine.close();
    rmSync(modelFolder, { recursive: true });
  });

  it('gives the logits that PEFT computes from it', async () => {
    const logits = await engine.logits(parameters, batchOf(readAll(base, 'inputs')), null, 1);
    expect(relativeError(logits, floats(readAll(saved, 'expected'), 'logits'))).toBeLessThan(tolerance);
  });

  it('is written again with the same names, shapes and bits', () => {
    const row = trial(1);
    const raw = { ...row, evaluation: { ...row.evaluation, mode: 'raw' as const } };
    const state = { parameters, firstMoment: parameters, secondMoment: parameters, step: 1 };
    const { layout, numericsClass } = engine;
    const checkpoint = { trainingHash: '', trainerVersion: '', numericsClass, seed: 1, layout, state };
    const { tensors } = peftAdapter(checkpoint, raw, 'base');
    writeFileSync(path.join(modelFolder, 'adapter_model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
    expect(readAll(modelFolder, 'adapter_model')).toEqual(readAll(saved, 'adapter_model'));
  });
});
