import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeSafetensors } from '../../src/formats/write-safetensors.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { gemm } from '../../src/onnx/operators.ts';
import { serialiseModel } from '../../src/onnx/serialise-model.ts';
import { openSessionBesideWeights, Tensor } from '../../src/runtime/open-session.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dropsweep-session-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const weights = Float32Array.of(1, 2, 3, 4, 5, 6);

/** x W for the [3, 2] weights that lie at the end of model.safetensors. */
function productWithWeights(): Uint8Array {
  const bytes = writeSafetensors([{ name: 'w', shape: [3, 2], data: weights }]);
  writeFileSync(path.join(folder, 'model.safetensors'), bytes);
  const b = new GraphBuilder();
  const place = {
    location: 'model.safetensors',
    offset: bytes.length - weights.byteLength,
    length: weights.byteLength,
  };
  const x = b.input('x', 'float', ['rows', 3]);
  return serialiseModel(b.build('product', [gemm(b, x, b.weight('w', [3, 2], place))]));
}

async function run(model: Uint8Array): Promise<number[]> {
  const session = await openSessionBesideWeights(folder, model, { threads: 1 });
  const result = await session.run({ x: new Tensor('float32', Float32Array.of(1, 10, 100), [1, 3]) });
  await session.release();
  const data = result[session.outputNames[0] ?? '']?.data;
  return data instanceof Float32Array ? [...data] : [];
}

it('reads weights from their place in model.safetensors, and leaves one small file beside them', async () => {
  const model = productWithWeights();
  expect(await run(model)).toEqual([531, 642]);
  expect(await run(model)).toEqual([531, 642]);
  const graphs = readdirSync(folder).filter((name) => name !== 'model.safetensors');
  expect(graphs).toEqual([expect.stringMatching(/^\.dropsweep-[0-9a-f]{24}\.onnx$/)]);
});

it('writes a graph anew that a machine lost the bytes of', async () => {
  const model = productWithWeights();
  await run(model);
  const graph = readdirSync(folder).find((name) => name.endsWith('.onnx')) ?? '';
  truncateSync(path.join(folder, graph), 0);
  expect(await run(model)).toEqual([531, 642]);
  expect(readFileSync(path.join(folder, graph)).length).toBe(model.length);
});
