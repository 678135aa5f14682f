import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branchOf } from '../../../src/onnx/parts/branch-of.ts';
import { float, type Graph, int, type Value } from '../../../src/onnx/graph.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';
import { batchedProduct, multiply, softmax, split, unary } from '../../../src/onnx/operators.ts';
import { toFloat } from '../../../src/onnx/sizes/run-time-sizes.ts';
import { cpu } from '../../../src/runtime/devices/cpu.ts';
import { cuda } from '../../../src/runtime/devices/cuda.ts';
import type { DeviceProfile } from '../../../src/runtime/devices/device-profile.ts';
import { fitGraph } from '../../../src/runtime/devices/fit-graph.ts';
import { webgpu } from '../../../src/runtime/devices/webgpu.ts';
import { openGraph } from '../../../src/runtime/graph-session.ts';
import { Tensor } from '../../../src/runtime/open-session.ts';
import { planEngine } from '../../../src/train/engine/plan-engine.ts';
import { writeTinyModel } from '../../support/tiny-model.ts';
import { classObjective } from '../../support/objectives.ts';

/** WebGPU's graphs, run by the CPU's provider: the rewriting alone is looked at. */
const imitated: DeviceProfile = { ...webgpu, executionProviders: ['cpu'], sessionEntries: {} };

async function run(graph: Graph, device: DeviceProfile, feeds: Record<string, Tensor>, folder: string | null = null) {
  const session = await openGraph({ graph, device, folder, options: { threads: 1 } });
  const outputs = await session.run(feeds);
  await session.close();
  return outputs.map(({ dims, data }) => ({ dims, data: Array.from(data, Number) }));
}

function expectClose(got: readonly { data: number[] }[], expected: readonly { data: number[] }[]): void {
  got.forEach(({ data }, index) => {
    expect(data.length).toBe(expected[index]?.data.length);
    // One rounding of float32 more or less for each operator that took another's place.
    data.forEach((value, at) => expect(value).toBeCloseTo(expected[index]?.data[at] ?? Number.NaN, 5));
  });
}

describe('operators that a device lacks', () => {
  it('are made of others that give the same values', async () => {
    const b = new GraphBuilder();
    const [x, y] = [b.input('x', 'float', [2, 3, 4]), b.input('y', 'float', [2, 3, 5])];
    const product = batchedProduct(b, x, y, { transA: true, alpha: 0.25 });
    const other = batchedProduct(b, product, y, { transB: true });
    const parts = split(b, other, 1, [1, 3]);
    const [normalised, inverse] = b.add({
      operator: 'SimplifiedLayerNormalization',
      inputs: [x, b.floats([1, 2, 3, 4])],
      attributes: { axis: int(-1), epsilon: float(1e-5) },
      outputs: [{ shape: [2, 3, 4] }, { shape: [2, 3, 1] }],
    });
    if (normalised === undefined || inverse === undefined) throw new Error('two outputs');
    const many = split(b, softmax(b, product, 'LogSoftmax'), 2, [1, 1, 1, 1, 1]);
    const graph = b.build('graph', [product, other, unary(b, 'Sign', x), normalised, inverse, ...parts, ...many]);
    const values = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(3 * i) * (i % 4));
    const feeds = { x: new Tensor('float32', values(24), [2, 3, 4]), y: new Tensor('float32', values(30), [2, 3, 5]) };
    const operators = fitGraph(graph, imitated).device.nodes.map(({ operator }) => operator);
    expect(operators).not.toContain('FusedMatMul');
    expect(operators).not.toContain('Sign');
    expectClose(await run(graph, imitated, feeds), await run(graph, cpu, feeds));
  });

  it('are named, each with a node, where nothing can take their place', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [2, 3]);
    const scaled = b.one({
      operator: 'Celu',
      inputs: [x],
      attributes: { alpha: float(2) },
      outputs: [{ shape: [2, 3] }],
    });
    const graph = b.build('graph', [scaled]);
    expect(() => fitGraph(graph, webgpu)).toThrow(/DEVICE_UNSUITABLE[^]*webgpu[^]*Celu of float \(Celu_0\)/);
    expect(() => fitGraph(graph, cuda)).toThrow(/DEVICE_UNSUITABLE[^]*Celu/);
    expect(fitGraph(graph, cpu)).toEqual({ host: null, device: graph });
  });
});

describe('what integers decide', () => {
  it('is parted off, with the sizes of floats, which the device is not asked for', async () => {
    const b = new GraphBuilder();
    const ids = b.input('ids', 'int64', ['rows', 'columns']);
    const x = b.input('x', 'float', ['rows', 3]);
    const flat = b.one({ operator: 'Reshape', inputs: [x, b.int64s([-1])], outputs: [{ shape: ['3·rows'] }] });
    const shape = b.one({ operator: 'Shape', inputs: [flat], outputs: [{ shape: [1], type: 'int64' }] });
    const count = b.one({ operator: 'Size', inputs: [x], outputs: [{ shape: [], type: 'int64' }] });
    const filled = b.one({ operator: 'Expand', inputs: [b.floats([2]), shape], outputs: [{ shape: ['3·rows'] }] });
    const sum = b.one({
      operator: 'ReduceSum',
      inputs: [toFloat(b, ids), b.int64s([1])],
      attributes: { keepdims: int(1) },
      outputs: [{ shape: ['rows', 1] }],
    });
    const scaled = b.one({ operator: 'Mul', inputs: [x, sum], outputs: [{ shape: ['rows', 3] }] });
    const divided = b.one({ operator: 'Div', inputs: [scaled, toFloat(b, count)], outputs: [{ shape: ['rows', 3] }] });
    const graph = b.build('graph', [filled, divided]);
    const { host, device } = fitGraph(graph, imitated);
    expect(device.nodes.map(({ operator }) => operator).sort()).toEqual(['Div', 'Mul']);
    expect(host?.inputs.map(({ name }) => name)).toEqual(['ids']);
    const feeds = {
      ids: new Tensor('int64', BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n), [2, 4]),
      x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    };
    expect(await run(graph, imitated, feeds)).toEqual(await run(graph, cpu, feeds));
  });
});

describe('integers of constants alone', () => {
  it('are the host’s, with what is made of them and of its own', async () => {
    const b = new GraphBuilder();
    const ids = b.input('ids', 'int64', ['rows', 3]);
    const x = b.input('x', 'float', ['rows', 3]);
    const long = (operator: string, inputs: readonly Value[], shape: readonly (string | number)[]) =>
      b.one({ operator, inputs, outputs: [{ shape, type: 'int64' }] });
    const axis = long('Neg', [b.int64s([-1], [])], []);
    const signs = long('Sign', [long('CumSum', [ids, axis], ['rows', 3])], ['rows', 3]);
    const graph = b.build('graph', [multiply(b, x, toFloat(b, signs))]);
    const { device } = fitGraph(graph, imitated);
    expect(device.nodes.map(({ operator }) => operator)).toEqual(['Mul']);
    const feeds = {
      ids: new Tensor('int64', BigInt64Array.of(1n, -2n, 3n, -4n, 4n, 6n), [2, 3]),
      x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    };
    expect(await run(graph, imitated, feeds)).toEqual(await run(graph, cpu, feeds));
  });
});

describe('the step of a model', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-fit-'));
    writeTinyModel(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('asks the device for no sizes, alone or in a pack', () => {
    const adapter = { adapter: 'lora', rank: 4, alpha: 8, targets: ['query', 'value'] } as const;
    const plan = planEngine({ modelFolder: folder, adapter, device: 'webgpu' }, classObjective(2));
    for (const graph of [plan.gradient, plan.packedGradient(3)]) {
      const { device } = fitGraph(branchOf(graph, true), webgpu);
      const made = device.nodes.filter(({ outputs }) => outputs.some(({ type }) => type !== 'float'));
      expect(made.map(({ name }) => name)).toEqual([]);
    }
  });

  it('gives the same whole and fitted to WebGPU, training and evaluating', async () => {
    const adapter = { adapter: 'lora', rank: 4, alpha: 8, targets: ['query', 'value'] } as const;
    const { gradient, layout } = planEngine({ modelFolder: folder, adapter, device: 'webgpu' }, classObjective(2));
    expect(fitGraph(branchOf(gradient, true), webgpu).host).not.toBeNull();
    const tokens = (value: (i: number) => number) =>
      new Tensor(
        'int64',
        BigInt64Array.from({ length: 15 }, (_, i) => BigInt(value(i))),
        [3, 5],
      );
    const ones = (size: 'inFeatures' | 'outFeatures') => {
      const count = layout.modules.reduce((sum, module) => sum + module[size], 0);
      return new Tensor('float32', new Float32Array(count).fill(1), [count]);
    };
    const feeds = (training: boolean) => ({
      training: new Tensor('bool', [training], []),
      input_ids: tokens((i) => (7 * i) % 19),
      attention_mask: tokens((i) => Number(i % 5 < 4 || i < 5)),
      token_type_ids: tokens(() => 0),
      labels: new Tensor('int64', BigInt64Array.of(0n, 1n, 1n), [3]),
      parameters: new Tensor(
        'float32',
        Float32Array.from({ length: layout.length }, (_, i) => Math.sin(i) / 9),
        [layout.length],
      ),
      input_masks: ones('inFeatures'),
      output_masks: ones('outFeatures'),
      update_scale: new Tensor('float32', [1], []),
    });
    for (const training of [true, false]) {
      expectClose(
        await run(gradient, imitated, feeds(training), folder),
        await run(gradient, cpu, feeds(training), folder),
      );
    }
  });
});
