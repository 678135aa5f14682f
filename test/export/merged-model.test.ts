import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFloat32, readSafetensorsHeader } from '../../src/formats/safetensors.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { openEncoder } from '../../src/models/open-encoder.ts';
import { stream } from '../../src/random/stream.ts';
import { mergedModel } from '../../src/export/models/merged-model.ts';
import { canonicaliseTraining } from '../../src/sweep/canonicalise.ts';
import type { AdapterKind } from '../../src/sweep/vocabulary.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { relativeError } from '../conformance/read-case.ts';
import { trial } from '../dashboard/sweep-fixture.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { tinyBatch as batch } from '../support/tiny-batch.ts';

let folder: string;
let base: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-merge-'));
  base = join(folder, 'base');
  mkdirSync(base);
  writeTinyModel(base);
});
afterEach(() => rmSync(folder, { recursive: true }));

const task = { kind: 'classification', label_names: ['bad', 'good'] } as const;

function open(modelFolder: string, adapter: AdapterKind) {
  const shape = { adapter, rank: 3, alpha: 6, targets: ['all-linear'] } as const;
  return openAdapterEngine({ modelFolder, task, adapter: shape, threads: 1 });
}

/** A trained-looking checkpoint over the base, and what the engine says of it with the update at that share. */
async function trained(adapter: AdapterKind, share: number) {
  const engine = await open(base, adapter);
  const noise = stream(1, 'merge-test').normals(engine.layout.length);
  const parameters = engine.initialState(1).parameters.map((value, i) => value + 0.2 * (noise[i] ?? 0));
  const logits = await engine.logits(parameters, batch, null, share);
  const state = { parameters, firstMoment: parameters, secondMoment: parameters, step: 1 };
  const { layout, numericsClass } = engine;
  await engine.close();
  return { logits, checkpoint: { trainingHash: '', trainerVersion: '', numericsClass, seed: 1, layout, state } };
}

function row(adapter: AdapterKind, mode: 'raw' | 'expected') {
  const one = trial(1);
  const own = { adapter, rank: 3, alpha: 6, dropout_rate: 0.5 };
  return {
    ...one,
    configuration: canonicaliseTraining({ ...one.configuration, ...own }),
    evaluation: { ...one.evaluation, mode, dropout_rate: 0.5 },
  };
}

/** A base, its model_type, and transformers' class of it. GPT-2's linears lie as [in, out]. */
const bases = {
  BERT: { type: 'bert', architecture: 'BertForSequenceClassification', vectors: null },
  'GPT-2': { type: 'gpt2', architecture: 'GPT2ForSequenceClassification', vectors: 'gpt2-seqcls-lora' },
  'Qwen 2': { type: 'qwen2', architecture: 'Qwen2ForSequenceClassification', vectors: 'qwen2-seqcls-lora' },
};

function takeBase(vectors: string | null): void {
  if (vectors === null) return;
  const from = join(import.meta.dirname, '..', 'models', 'vectors', vectors);
  for (const name of ['config.json', 'model.safetensors']) cpSync(join(from, name), join(base, name));
  // A base has no head for two classes.
  const weights = readSafetensorsHeader(join(base, 'model.safetensors')).tensors;
  const kept = [...weights].filter(([name]) => !name.startsWith('score'));
  const tensors = kept.map(([name, entry]) => ({
    name,
    shape: entry.shape,
    data: readFloat32(join(base, 'model.safetensors'), name, entry),
  }));
  writeFileSync(join(base, 'model.safetensors'), writeSafetensors(tensors));
}

describe.each(['lora', 'adalora'] as const)('a trial of %s merged into its base', (adapter) => {
  it.each(
    Object.values(bases).flatMap((of) =>
      (
        [
          ['raw', 1],
          ['expected', 0.25],
        ] as const
      ).map(([mode, share]) => [of.type, mode, share, of] as const),
    ),
  )('of %s computes what the engine does, scored %s', async (type, mode, share, { vectors, architecture }) => {
    takeBase(vectors);
    const { logits, checkpoint } = await trained(adapter, share);
    const config = { model_type: type, dtype: 'bfloat16', _name_or_path: '/home/me/base' };
    const merged = mergedModel(openEncoder(base), checkpoint, row(adapter, mode), config, task);
    expect(merged.updateScale).toBe(share);
    expect(merged.config).toMatchObject({ architectures: [architecture], id2label: { 1: 'good' }, dtype: 'float32' });
    expect(JSON.stringify(merged.config)).not.toContain('/home/me');
    const out = join(folder, 'merged');
    mkdirSync(out);
    cpSync(join(base, 'config.json'), join(out, 'config.json'));
    writeFileSync(
      join(out, 'model.safetensors'),
      writeSafetensors(merged.tensors.map((tensor) => ({ ...tensor, data: tensor.read() }))),
    );
    const engine = await open(out, 'lora');
    const plain = await engine.logits(engine.initialState(9).parameters, batch, null, 1);
    await engine.close();
    expect(relativeError(plain, logits)).toBeLessThan(1e-5);
  });

  it('is refused where transformers has no class for it', async () => {
    const { checkpoint } = await trained(adapter, 1);
    const pooled = row(adapter, 'raw');
    const merge = (family: string, pooling: 'mean' | 'family', of = checkpoint) =>
      mergedModel(
        { ...openEncoder(base), family },
        of,
        { ...pooled, configuration: { ...pooled.configuration, pooling } },
        {},
        task,
      );
    expect(() => merge('bert', 'mean')).toThrow(/EXPORT_UNFAITHFUL: transformers would compute something else/);
    expect(() => merge('an ONNX file', 'family')).toThrow(/the base is an ONNX file/);
    const tensors = checkpoint.layout.tensors.map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('head.classifier', 'head.pre_classifier'),
    }));
    const otherHead = { ...checkpoint, layout: { ...checkpoint.layout, tensors } };
    expect(() => merge('bert', 'family', otherHead)).toThrow(
      /a head of pre_classifier[^]*BertForSequenceClassification, whose head is classifier/,
    );
  });
});
