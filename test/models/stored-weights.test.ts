import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NamedTensor, readFloat32, readSafetensorsHeader, readWidened } from '../../src/formats/safetensors.ts';
import { folderForGraphs } from '../../src/runtime/folder-for-graphs.ts';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { openEngineWithHead } from '../../src/train/engine/open-adapter-engine.ts';
import { writeTinyModel } from '../support/tiny-model.ts';
import { samplesInOrder } from '../support/samples-in-order.ts';
import { classObjective } from '../support/objectives.ts';

let folder: string;
let single: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-weights-'));
  single = path.join(folder, 'model.safetensors');
  writeTinyModel(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function logits(): Promise<Float32Array> {
  const adapter = { adapter: 'lora', rank: 2, alpha: 4, scaling: 'standard', targets: ['all-linear'] } as const;
  const engine = await openEngineWithHead({ modelFolder: folder, adapter, threads: 1 }, classObjective(2));
  const ids = BigInt64Array.from([2n, 5n, 7n, 3n]);
  const ones = new BigInt64Array(4).fill(1n);
  const types = new BigInt64Array(4);
  const samples = samplesInOrder(1);
  const batch = { rows: 1, length: 4, inputIds: ids, attentionMask: ones, tokenTypeIds: types, samples };
  const result = await engine.logits(engine.initialState(1).parameters, batch, null, 1);
  await engine.close();
  return result;
}

function tensors(): NamedTensor[] {
  return [...readSafetensorsHeader(single).tensors].map(([name, entry]) => ({
    name,
    shape: entry.shape,
    data: readFloat32(single, name, entry),
  }));
}

describe('weights in shards', () => {
  const index = (map: Record<string, string>) =>
    writeFileSync(`${single}.index.json`, JSON.stringify({ metadata: {}, weight_map: map }));

  function shard(): void {
    const all = tensors();
    const halves = [all.slice(0, 9), all.slice(9)];
    const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const map: Record<string, string> = {};
    for (const [i, part] of halves.entries()) {
      writeFileSync(path.join(folder, names[i] ?? ''), writeSafetensors(part));
      for (const { name } of part) map[name] = names[i] ?? '';
    }
    rmSync(single);
    index(map);
  }

  it('give the same bits as in one file', async () => {
    const whole = await logits();
    shard();
    expect(await logits()).toEqual(whole);
  });

  it('name the shard that is missing', async () => {
    shard();
    rmSync(path.join(folder, 'model-00002-of-00002.safetensors'));
    await expect(logits()).rejects.toThrow(/WEIGHTS_INVALID[^]*model-00002-of-00002/);
  });

  it.each(['../elsewhere.safetensors', '/etc/passwd', 'weights.bin', ''])(
    'are refused where the index leads to %j',
    async (name) => {
      rmSync(single);
      index({ 'embeddings.word_embeddings.weight': name });
      await expect(logits()).rejects.toThrow(/WEIGHTS_INVALID: the index of the weights names no file of this folder/);
    },
  );

  it('are refused where the index is none', async () => {
    rmSync(single);
    writeFileSync(`${single}.index.json`, '{"weight_map": 3}');
    await expect(logits()).rejects.toThrow(/WEIGHTS_INVALID: the index of the weights cannot be read/);
  });
});

describe('weights of half precision', () => {
  /** The file again with every tensor in another type: bits are those of float32 where it has them. */
  function store(dtype: 'BF16' | 'F16', encode: (value: number) => number): void {
    const all = tensors();
    const header: Record<string, unknown> = {};
    let offset = 0;
    const parts = all.map(({ name, shape, data }) => {
      const halves = Uint16Array.from(data as Float32Array, encode);
      header[name] = { dtype, shape, data_offsets: [offset, offset + halves.byteLength] };
      offset += halves.byteLength;
      return new Uint8Array(halves.buffer);
    });
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(single, Buffer.concat([length, json, ...parts]));
  }

  const truncated = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const half = (value: number): number => {
    const sign = value < 0 ? 0x8000 : 0;
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 2 ** -30)));
    const fraction = Math.round((Math.abs(value) / 2 ** exponent) * 1024);
    return fraction < 1024 ? sign | fraction : sign | ((exponent + 15) << 10) | (fraction - 1024);
  };

  it.each([
    ['BF16', (value: number) => truncated(value) >>> 16],
    ['F16', half],
  ] as const)('%s are widened once, exactly, into a file that is found again', async (dtype, encode) => {
    store(dtype, encode);
    const first = await logits();
    const widened = () =>
      readdirSync(folderForGraphs(folder, ['model.safetensors'])).filter((name) =>
        name.startsWith('.dropsweep-float32-'),
      );
    const own = readdirSync(folder);
    expect(widened()).toHaveLength(1);
    expect(await logits()).toEqual(first);
    expect(widened()).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(own);
    const exact = [...readSafetensorsHeader(single).tensors].map(([name, entry]) => ({
      name,
      shape: entry.shape,
      data: readWidened(single, name, entry),
    }));
    writeFileSync(single, writeSafetensors(exact));
    expect(await logits()).toEqual(first);
    expect(widened()).toHaveLength(0);
  });
});
