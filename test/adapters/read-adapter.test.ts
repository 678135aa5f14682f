import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPeftConfiguration, readPeftParameters } from '../../src/adapters/peft/read-adapter.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-adapter-'));
const tensorFile = path.join(folder, 'adapter_model.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

const plain = { peft_type: 'LORA', r: 2, lora_alpha: 8, bias: 'none', use_dora: false, rank_pattern: {} };
const configure = (change: Record<string, unknown>) =>
  writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify({ ...plain, ...change }));

const layout = [
  { name: 'layer.query.lora_A', shape: [2, 3], offset: 0 },
  { name: 'head.classifier.bias', shape: [4], offset: 6 },
];
const a = {
  name: 'base_model.model.layer.query.lora_A.weight',
  shape: [2, 3],
  data: Float32Array.of(1, 2, 3, 4, 5, 6),
};
const bias = { name: 'base_model.model.classifier.bias', shape: [4], data: Float32Array.of(7, 8, 9, 10) };
const lora = { shape: { adapter: 'lora', rank: 2, alpha: 8 }, rankPattern: null } as const;
const store = (...tensors: readonly { name: string; shape: readonly number[]; data: Float32Array }[]) =>
  writeFileSync(path.join(folder, 'adapter_model.safetensors'), writeSafetensors(tensors));

describe("PEFT's configuration", () => {
  it('gives rank and alpha, whatever else PEFT writes down', () => {
    configure({ peft_version: '0.21.2', megatron_config: null });
    expect(readPeftConfiguration(folder)).toEqual(lora);
    configure({ use_rslora: true });
    expect(readPeftConfiguration(folder).shape).toEqual({ ...lora.shape, scaling: 'rank_stabilized' });
  });

  it("gives AdaLoRA's initial rank, and the alpha that PEFT really scales by", () => {
    const pattern = { 'layer.query.lora_E': [true, false] };
    configure({ peft_type: 'ADALORA', init_r: 2, r: 8, rank_pattern: pattern });
    const { shape, rankPattern } = readPeftConfiguration(folder);
    expect(shape).toEqual({ adapter: 'adalora', rank: 2, alpha: (8 * 2) / (2 + 1e-5) });
    expect(rankPattern).toEqual(pattern);
  });

  it.each([
    [{ peft_type: 'LOHA' }, /MODEL_UNSUPPORTED: .*\n.*\n {2}got: peft_type/],
    [{ use_dora: true }, /got: use_dora/],
    [{ peft_type: 'ADALORA', init_r: 2, use_rslora: true }, /got: use_rslora/],
    [{ bias: 'all' }, /got: bias/],
    [{ rank_pattern: { query: 4 } }, /got: rank_pattern: is not empty/],
  ])('is refused where it means another model: %j', (change, message) => {
    configure(change);
    expect(() => readPeftConfiguration(folder)).toThrow(message);
  });
});

describe("PEFT's tensors", () => {
  it('lie in the vector where the layout says, in whatever order they were stored', () => {
    store(bias, a);
    expect([...readPeftParameters(tensorFile, lora, { tensors: layout, length: 10 })]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  it('name the one that is missing, mis-shaped or not known', () => {
    store(a);
    expect(() => readPeftParameters(tensorFile, lora, { tensors: layout, length: 10 })).toThrow(
      /got: no such tensor\n.*classifier.bias of \[4\]/,
    );
    store({ ...a, shape: [3, 2] }, bias);
    expect(() => readPeftParameters(tensorFile, lora, { tensors: layout, length: 10 })).toThrow(
      /got: \[3, 2\]\n.*lora_A.weight of \[2, 3\]/,
    );
    store(a, bias, { ...bias, name: 'base_model.model.score.bias' });
    expect(() => readPeftParameters(tensorFile, lora, { tensors: layout, length: 10 })).toThrow(
      /got: base_model.model.score.bias/,
    );
  });
});
