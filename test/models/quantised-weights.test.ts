import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { quantiseColumns } from '../../src/models/int8/quantise-columns.ts';
import { QuantisedWeights } from '../../src/models/int8/quantised-weights.ts';
import { weightRange } from '../../src/models/int8/weight-range.ts';
import { WeightCatalog } from '../../src/models/weights/weight-catalog.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import type { Value } from '../../src/onnx/graph.ts';
import { stream } from '../../src/random/stream.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-int8-'));
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name));
});

const [inFeatures, outFeatures] = [7, 5];
const plain = { name: 'plain', inFeatures, outFeatures };
const turned = { name: 'turned', inFeatures, outFeatures, weightLayout: 'in_out' as const };
const values = Float32Array.from(stream(3, 'int8').normals(inFeatures * outFeatures));

function writeModel(change: (data: Float32Array) => Float32Array = (data) => data): WeightCatalog {
  const transposed = values.map((_, i) => values[(i % outFeatures) * inFeatures + Math.floor(i / outFeatures)] ?? 0);
  const tensors = [
    { name: 'plain.weight', shape: [outFeatures, inFeatures], data: change(values) },
    { name: 'turned.weight', shape: [inFeatures, outFeatures], data: change(transposed) },
  ];
  writeFileSync(path.join(folder, 'model.safetensors'), writeSafetensors(tensors));
  return new WeightCatalog(folder, []);
}

const request = (weights: WeightCatalog, range: number, directions: 'backward' | 'both') => ({
  weights,
  linears: [plain, turned],
  range,
  directions,
});

/** The bytes that a value of the graph is mapped to. */
function bytesOf(b: GraphBuilder, { name }: Value): Buffer {
  const data = b.build('test', []).initializers.find(({ value }) => value.name === name)?.data;
  if (data === undefined || !('location' in data)) throw new Error(`${name} is not mapped`);
  return readFileSync(path.join(folder, data.location)).subarray(data.offset, data.offset + data.length);
}

const derived = () => readdirSync(folder).filter((name) => name.startsWith('.dropsweep-int8-'));

describe('weights in int8', () => {
  it('are the same whichever way the model stores them, within half a step of the originals', async () => {
    const weights = new QuantisedWeights(request(writeModel(), 127, 'both'));
    await weights.write(folder);
    const b = new GraphBuilder();
    const [one, other] = [weights.value(b, 'plain'), weights.value(b, 'turned')];
    if (one.forward === null || other.forward === null) throw new Error('both directions were asked for');
    for (const direction of ['forward', 'backward'] as const) {
      for (const part of ['elements', 'scales'] as const) {
        const [mine, theirs] = [one[direction]?.[part], other[direction]?.[part]];
        if (mine === undefined || theirs === undefined) throw new Error('both directions were asked for');
        expect(bytesOf(b, mine)).toEqual(bytesOf(b, theirs));
      }
    }
    const elements = new Int8Array(bytesOf(b, one.forward.elements));
    const scaleBytes = bytesOf(b, one.forward.scales);
    for (let input = 0; input < inFeatures; input += 1) {
      for (let output = 0; output < outFeatures; output += 1) {
        const scale = scaleBytes.readFloatLE(4 * output);
        const stored = (elements[input * outFeatures + output] ?? 0) * scale;
        const exact = values[output * inFeatures + input] ?? 0;
        expect(Math.abs(stored - exact)).toBeLessThanOrEqual(scale * 0.5001);
      }
    }
  });

  it('are written once, into a file whose name changes with the weights, the range and the directions', async () => {
    const weights = writeModel();
    await new QuantisedWeights(request(weights, 127, 'backward')).write(folder);
    const [first = ''] = derived();
    const { ino } = statSync(path.join(folder, first));
    const again = () => new QuantisedWeights(request(weights, 127, 'backward')).write(folder);
    await Promise.all([again(), again()]);
    expect(derived()).toEqual([first]);
    expect(statSync(path.join(folder, first)).ino).toBe(ino);
    await new QuantisedWeights(request(weights, 63, 'backward')).write(folder);
    await new QuantisedWeights(request(weights, 127, 'both')).write(folder);
    rmSync(path.join(folder, 'model.safetensors'));
    await new QuantisedWeights(request(writeModel(), 127, 'backward')).write(folder);
    expect(derived()).toHaveLength(4);
  });

  it('are written whole by two at once', async () => {
    const weights = writeModel();
    const write = () => new QuantisedWeights(request(weights, 127, 'both')).write(folder);
    await Promise.all([write(), write(), write()]);
    expect(readdirSync(folder).toSorted()).toEqual([...derived(), 'model.safetensors']);
  });

  it('are refused where one is not finite, and nothing is left behind', async () => {
    const weights = writeModel((data) => data.with(4, Number.NaN));
    await expect(new QuantisedWeights(request(weights, 127, 'backward')).write(folder)).rejects.toThrow(
      /a weight is not finite\n {2}where: plain.weight/,
    );
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });
});

describe('quantising columns', () => {
  it('reaches the range in each column, and leaves a column of zeros alone', () => {
    const matrix = { values: Float32Array.of(1, 0, -4, 0.6, 0, 1), rows: 2, columns: 3, rowStride: 3, columnStride: 1 };
    const { elements, scales } = quantiseColumns(matrix, 63) ?? { elements: [], scales: [] };
    expect([...elements]).toEqual([63, 0, -63, 38, 0, 16]);
    expect(scales[1]).toBe(0);
  });
});

describe('the range of int8 weights', () => {
  it.each([
    ['x64', 'avx512_vnni', 127],
    ['x64', 'avx_vnni', 127],
    ['x64', 'amx_int8', 127],
    ['x64', 'avx512f', 63],
    ['x64', 'avx2', 63],
    ['x64', 'darwin', 63],
    ['arm64', 'linux', 127],
  ])('on %s with %s is %i: without exact sums of bytes, products may not saturate', (architecture, set, range) => {
    expect(weightRange(architecture, set)).toBe(range);
  });
});
