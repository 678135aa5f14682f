import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findModel, resolveModel } from '../../src/hub/resolve-model.ts';
import { importEncoder } from '../../src/models/onnx-import/imported-encoder.ts';
import { makeOnnxRunner } from '../../src/train/segments/onnx-runner.ts';
import { RecordingReporter, SegmentBench } from '../support/segment-run.ts';
import { sharedFolder } from '../support/shared-folder.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

const golden = sharedFolder('golden');

describe.skipIf(golden === null)('an ONNX file as the base (skipped without ../shared/golden)', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-export-'));
    file = path.join(folder, 'model.onnx');
    writeTinyModel(folder); // For its tokenizer.json.
    rmSync(path.join(folder, 'model.safetensors'));
    rmSync(path.join(folder, 'config.json'));
    cpSync(path.join(golden ?? '', 'bert-qa-lora', 'model.script.onnx'), file);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const options = () => ({ cacheFolder: path.join(folder, 'cache'), environment: {} });

  it('is found with its tokenizer, and its hash is that of its content', async () => {
    const found = await resolveModel(file, options());
    expect(found).toMatchObject({ reference: file, folder: file });
    expect(await findModel(file, options())).toEqual(found);
    cpSync(path.join(golden ?? '', 'bert-seqcls-lora', 'model.script.onnx'), file);
    expect((await resolveModel(file, options())).content_hash).not.toBe(found.content_hash);
  });

  it('names what it lacks', async () => {
    rmSync(path.join(folder, 'tokenizer.json'));
    await expect(resolveModel(file, options())).rejects.toThrow(/MODEL_NOT_FOUND[^]*tokenizer\.json/);
    writeFileSync(file, 'no model');
    writeFileSync(path.join(folder, 'tokenizer.json'), '{}');
    await expect(resolveModel(file, options())).rejects.toThrow(/ONNX_INVALID/);
  });

  it('with a head of its own takes no other pooling', () => {
    cpSync(path.join(golden ?? '', 'bert-seqcls-lora', 'model.script.onnx'), file);
    const { encoder } = importEncoder(file);
    expect(encoder.head({ of: 'samples', outputs: 3 }).tensors).toHaveLength(2);
    expect(() => encoder.head({ of: 'samples', outputs: 3, pooling: 'mean' })).toThrow(/MODEL_UNSUPPORTED/);
  });

  it('whose head has other classes than the task is infeasible, and says so', async () => {
    cpSync(path.join(golden ?? '', 'bert-seqcls-lora', 'model.script.onnx'), file);
    const bench = new SegmentBench({ modelFolder: file });
    const segment = bench.trainSegment(bench.specification({ epochs: 1 }));
    expect(await makeOnnxRunner().run(bench.command(segment), new RecordingReporter())).toMatchObject({
      kind: 'failed',
      outcome: 'infeasible',
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('a head of 3 outputs'),
    });
    rmSync(bench.folder, { recursive: true });
  });
});
