import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { narrowFloat16, widenFloat16 } from '../../src/formats/half-precision.ts';
import { NarrowedWeights } from '../../src/models/float16/narrowed-weights.ts';
import { WeightCatalog } from '../../src/models/weights/weight-catalog.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { stream } from '../../src/random/stream.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-float16-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
});

const [inFeatures, outFeatures] = [7, 5];
const linears = [
  { name: 'plain', inFeatures, outFeatures, bias: false },
  { name: 'turned', inFeatures, outFeatures, weightLayout: 'in_out' as const, bias: false },
];
const values = Float32Array.from(stream(3, 'float16').normals(inFeatures * outFeatures));
const halves = narrowFloat16(values);

/** A model of two linears, whose second weight is stored as given. */
function writeModel(turned: Float32Array | Uint16Array = values): WeightCatalog {
  const header = {
    'plain.weight': { dtype: 'F32', shape: [outFeatures, inFeatures], data_offsets: [0, 4 * values.length] },
    'turned.weight': {
      dtype: turned instanceof Uint16Array ? 'F16' : 'F32',
      shape: [inFeatures, outFeatures],
      data_offsets: [4 * values.length, 4 * values.length + turned.byteLength],
    },
  };
  const text = Buffer.from(JSON.stringify(header).padEnd(256));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const data = [values, turned].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  writeFileSync(path.join(folder, 'model.safetensors'), Buffer.concat([size, text, ...data]));
  return new WeightCatalog(folder, []);
}

/** Where the linears' weights lie in the graph, and as what. */
function weightsOf(narrowed: NarrowedWeights, weights: WeightCatalog) {
  const outer = new GraphBuilder();
  const x = outer.input('x', 'float', ['rows', inFeatures]);
  const product = narrowed.products(outer, (name, shape) => weights.value(outer, name, shape))(outer);
  for (const linear of linears) product(linear, x);
  return outer.build('test', []).initializers.map(({ value, data }) => {
    if (!('location' in data)) throw new Error('every weight is mapped');
    const bytes = readFileSync(path.join(folder, data.location)).subarray(data.offset, data.offset + data.length);
    const own = new Uint8Array(bytes).buffer;
    const elements = value.type === 'float16' ? widenFloat16(new Uint16Array(own)) : new Float32Array(own);
    return { type: value.type, file: data.location, elements };
  });
}

const derived = () => readdirSync(folder).filter((name) => name.startsWith('.dropsweep-'));

describe('weights in float16', () => {
  it.each(['float16', 'float'] as const)('are the nearest that float16 has, for products in %s', async (elements) => {
    const weights = writeModel();
    const narrowed = new NarrowedWeights({ weights, linears, elements });
    await narrowed.write(folder);
    const rounded = widenFloat16(halves);
    expect(rounded).not.toEqual(values);
    expect(weightsOf(narrowed, weights).map((each) => [each.type, each.elements])).toEqual([
      [elements, rounded],
      [elements, rounded],
    ]);
  });

  it('stay in the model’s file where they are of float16 there', async () => {
    const weights = writeModel(halves);
    const narrowed = new NarrowedWeights({ weights, linears, elements: 'float16' });
    await narrowed.write(folder);
    const [, turned] = weightsOf(narrowed, weights);
    expect(turned).toEqual({ type: 'float16', file: 'model.safetensors', elements: widenFloat16(halves) });
    expect(derived()).toHaveLength(1);
  });

  it('are written once, and anew for another model', async () => {
    const write = (weights: WeightCatalog) =>
      new NarrowedWeights({ weights, linears, elements: 'float16' }).write(folder);
    const weights = writeModel();
    await write(weights);
    await write(weights);
    expect(derived()).toHaveLength(1);
    await write(writeModel(halves));
    expect(derived()).toHaveLength(2);
  });

  it.each([65_505, -70_000, Number.NaN, Number.POSITIVE_INFINITY])(
    'are refused by name where one is %s',
    async (wrong) => {
      const changed = values.slice();
      changed[3] = wrong;
      const narrowed = new NarrowedWeights({ weights: writeModel(changed), linears, elements: 'float16' });
      await expect(narrowed.write(folder)).rejects.toThrow(/WEIGHTS_INVALID[^]*turned\.weight/);
      expect(derived()).toEqual([]);
    },
  );

  it('may be as large as float16’s largest', async () => {
    const changed = values.slice();
    changed[3] = -65_504;
    await new NarrowedWeights({ weights: writeModel(changed), linears, elements: 'float16' }).write(folder);
    expect(derived()).toHaveLength(1);
  });
});
