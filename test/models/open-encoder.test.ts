import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dropsweep-model-'));
  writeTinyModel(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (targets: readonly string[] = ['all-linear']) =>
  openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['no', 'yes'] },
    adapter: { adapter: 'lora', rank: 4, alpha: 8, targets },
    threads: 1,
  });

function changeConfig(change: Record<string, unknown>): void {
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
}

describe('a base model that the engine does not build', () => {
  it.each([
    [{ model_type: 'marian' }, /MODEL_UNSUPPORTED: .*\n.*model_type\n {2}got: marian\n {2}expected: bert/],
    [{ hidden_act: 'swish2' }, /MODEL_UNSUPPORTED: .*\n.*\n {2}got: hidden_act/],
    [{ position_embedding_type: 'relative_key' }, /got: position_embedding_type/],
    [{ is_decoder: true }, /got: is_decoder/],
    [{ num_attention_heads: 5 }, /a hidden size of 24 with 5 attention heads/],
    [{ hidden_size: 'many' }, /got: hidden_size/],
  ])('is refused by what config.json says: %j', async (change, message) => {
    changeConfig(change);
    await expect(open()).rejects.toThrow(message);
  });

  it('has an activation by either of its names', async () => {
    changeConfig({ hidden_act: 'swish' });
    await (await open()).close();
  });

  it('is refused when a target names none of its linears', async () => {
    await expect(open(['query', 'q_proj'])).rejects.toThrow(
      /a target names no linear of this model\n.*\n {2}got: q_proj/,
    );
  });

  it('is refused when config.json is missing or no JSON', async () => {
    writeFileSync(join(folder, 'config.json'), '{');
    await expect(open()).rejects.toThrow(/MODEL_NOT_FOUND: the model folder has no readable config.json/);
  });
});

describe('weights that do not belong to config.json', () => {
  it('name the tensor whose shape contradicts it', async () => {
    changeConfig({ intermediate_size: 48 });
    await expect(open()).rejects.toThrow(
      /WEIGHTS_INVALID: a tensor contradicts config.json\n.*intermediate.*\n {2}got: F32 \[40/,
    );
  });

  it('name the tensor that is missing', async () => {
    changeConfig({ num_hidden_layers: 3 });
    await expect(open()).rejects.toThrow(/WEIGHTS_INVALID: .* is missing\n.*\n {2}expected: bert.encoder.layer.2/);
  });

  it('are refused when the file is cut short, before onnxruntime sees it', async () => {
    truncateSync(join(folder, 'model.safetensors'), 4_000);
    await expect(open()).rejects.toThrow(/WEIGHTS_INVALID/);
  });
});
