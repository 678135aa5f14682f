import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFloat32, readSafetensorsHeader } from '../../src/formats/safetensors.ts';
import type { PlaceKind } from '../../src/sweep/element-dropout.ts';
import { keptFactor, maskedParts, type MaskVariant, rowKinds } from '../../src/sweep/mask-variant.ts';
import type { AdapterEngine, AdapterMasks, ElementMasks, TokenBatch } from '../../src/train/engine/adapter-engine.ts';
import { openAdapterEngine } from '../../src/train/engine/open-adapter-engine.ts';
import { stepHyperparameters } from '../support/step-hyperparameters.ts';
import { moduleRanks } from '../../src/train/engine/graphs/trainable-layout.ts';

/*
 * Made by PyTorch: python bench/peers/mask_variants.py test/train/mask-variants. Logits, loss and gradients of one batch
 * under given masks, in float32; both sides add up in orders of their own.
 */
const tolerance = 2e-6;
const folder = path.join(import.meta.dirname, 'mask-variants');
const file = path.join(folder, 'vectors.safetensors');
const { tensors, metadata } = readSafetensorsHeader(file);
const rate = Number(metadata['rate']);

const vector = (name: string): Float32Array => {
  const entry = tensors.get(name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return readFloat32(file, name, entry);
};
const wholeNumbers = (name: string) => BigInt64Array.from(vector(name), (value) => BigInt(value));

const variants: Readonly<Record<string, MaskVariant>> = {
  columns: { masked: 'columns' },
  rows: { masked: 'rows' },
  rank: { masked: 'rank' },
  'columns_and_rows, inverse': { mask_scaling: 'inverse' },
  'rank, inverse': { masked: 'rank', mask_scaling: 'inverse' },
  'columns_and_rows, row': { mask_sharing: 'row' },
  'rank, row': { masked: 'rank', mask_sharing: 'row' },
  'rows, row, inverse': { masked: 'rows', mask_sharing: 'row', mask_scaling: 'inverse' },
};

const [rows = 0, length = 0] = tensors.get('input_ids')?.shape ?? [];
const batch: TokenBatch = {
  rows,
  length,
  inputIds: wholeNumbers('input_ids'),
  attentionMask: wholeNumbers('attention_mask'),
  tokenTypeIds: new BigInt64Array(rows * length),
  samples: Uint32Array.from({ length: rows }, (_, row) => row),
};

const engines: AdapterEngine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

async function open(variant: MaskVariant): Promise<AdapterEngine> {
  const adapter = {
    adapter: 'lora',
    rank: Number(metadata['rank']),
    alpha: Number(metadata['alpha']),
    ...variant,
  } as const;
  const engine = await openAdapterEngine({
    modelFolder: folder,
    task: { kind: 'classification', label_names: ['a', 'b', 'c'] },
    adapter: { ...adapter, targets: ['all-linear'] },
    threads: 1,
  });
  engines.push(engine);
  return engine;
}

/** The recorded masks as an engine takes them. */
function masksOf({ layout }: AdapterEngine, title: string, variant: MaskVariant): AdapterMasks {
  const parts = maskedParts(variant);
  const factor = keptFactor(variant, rate);
  const ofRows = rowKinds(variant);
  const side = (part: string, sizes: readonly number[], drops: boolean) =>
    Float32Array.from(
      layout.modules.flatMap(({ name }, index) =>
        drops && ofRows.length === 0
          ? Array.from(vector(`${title}.${part}.${name}`), (kept) => kept * factor)
          : Array.from({ length: sizes[index] ?? 0 }, () => 1),
      ),
    );
  const rank = parts.rank && ofRows.length === 0 ? { rank: side('rank', moduleRanks(layout), true) } : {};
  return {
    input: side(
      'columns',
      layout.modules.map(({ inFeatures }) => inFeatures),
      parts.columns,
    ),
    output: side(
      'rows',
      layout.modules.map(({ outFeatures }) => outFeatures),
      parts.rows,
    ),
    ...rank,
    ...(ofRows.length === 0 ? {} : { elements: recordedRows(title, ofRows, factor) }),
  };
}

/** Each row's own masks, for all its tokens. */
function recordedRows(title: string, kinds: readonly PlaceKind[], factor: number): ElementMasks {
  return {
    kinds,
    factor: () => factor,
    draw({ name, features }, { samples }, into) {
      const dot = name.lastIndexOf('.');
      const [linear, part] = [name.slice(0, dot), name.slice(dot + 1)];
      const kept = vector(`${title}.${part === 'ranks' ? 'rank' : part}.${linear}`);
      const tokens = into.length / samples.length / features;
      for (const [row, sample] of samples.entries())
        for (let at = 0; at < tokens * features; at += 1)
          into[row * tokens * features + at] = kept[sample * features + (at % features)] ?? 0;
    },
  };
}

function distance(found: Float32Array, expected: Float32Array): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)))) / largest;
}

describe('masks as PyTorch lays them', () => {
  it.each(Object.entries(variants))('%s: logits, loss and gradients agree', async (title, variant) => {
    const engine = await open(variant);
    const parameters = new Float32Array(engine.layout.length);
    for (const { name, offset } of engine.layout.tensors) parameters.set(vector(`trainable.${name}`), offset);
    const masks = masksOf(engine, title, variant);
    const logits = await engine.logits(parameters, batch, masks, 1);
    expect(distance(logits, vector(`${title}.logits`))).toBeLessThan(tolerance);
    const { loss, gradient } = await engine.gradient(parameters, batch, wholeNumbers('labels'), masks);
    expect(Math.abs(loss - (vector(`${title}.loss`)[0] ?? 0))).toBeLessThan(tolerance * loss);
    const expected = new Float32Array(engine.layout.length);
    for (const { name, offset } of engine.layout.tensors) expected.set(vector(`${title}.gradient.${name}`), offset);
    expect(distance(gradient, expected)).toBeLessThan(10 * tolerance);
    // The masks matter: without them the gradient is another.
    const { gradient: unmasked } = await engine.gradient(parameters, batch, wholeNumbers('labels'), null);
    expect(distance(unmasked, expected)).toBeGreaterThan(0.01);
  });

  it.each(['rank, inverse', 'rows, row, inverse'])('%s: a pack gives the bits of each pass alone', async (title) => {
    const variant = variants[title] ?? {};
    const engine = await open(variant);
    const masks = masksOf(engine, title, variant);
    const { input, output } = masks;
    const instances = [masks, { input, output }];
    const training = { state: engine.initialState(1), instances, hyperparameters: stepHyperparameters };
    const labels = wholeNumbers('labels');
    const [alone] = await engine.stepTogether([training], batch, labels, 1);
    const [packed] = await engine.stepTogether([training], batch, labels, 2);
    expect(packed?.state.parameters).toEqual(alone?.state.parameters);
    expect(packed?.loss).toBe(alone?.loss);
  });
});
