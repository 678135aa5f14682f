import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import type { Graph } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { lowerQuantisedLinears } from '../../src/onnx/rewrites/lower-quantised-linears.ts';
import { quantisedProduct } from '../../src/onnx/rewrites/quantised-linear.ts';
import { serialiseModel } from '../../src/onnx/serialise-model.ts';
import { stream } from '../../src/random/stream.ts';
import { quantiseColumns } from '../../src/models/int8/quantise-columns.ts';

const [inner, columns] = [150, 70];
const weight = Float32Array.from(stream(1, 'int8', 'weight').normals(inner * columns));
const quantised = quantiseColumns(
  { values: weight, rows: inner, columns, rowStride: columns, columnStride: 1 },
  127,
) ?? { elements: new Int8Array(), scales: new Float32Array() };

function productGraph(readers: number): Graph {
  const b = new GraphBuilder();
  const x = b.input('x', 'float', ['rows', inner]);
  const matrix = {
    elements: b.int8s([...quantised.elements], [inner, columns]),
    scales: b.floats([...quantised.scales]),
  };
  const products = Array.from({ length: readers }, () => quantisedProduct(b, x, matrix));
  return checkGraph(lowerQuantisedLinears(b.build('test', products)));
}

async function multiplyRows(x: Float32Array, threads = 1): Promise<Float32Array> {
  const session = await InferenceSession.create(serialiseModel(productGraph(1)), { intraOpNumThreads: threads });
  const outputs = await session.run({ x: new Tensor('float32', x, [x.length / inner, inner]) });
  const data = outputs[session.outputNames[0] ?? '']?.data;
  await session.release();
  if (data instanceof Float32Array) return data;
  throw new TypeError('the product is float32');
}

/** Rows of very different sizes. */
function drawRows(rows: number): Float32Array {
  const values = Float32Array.from(stream(2, 'int8', 'x').normals(rows * inner));
  return values.map((value, i) => value * 10 ** ((Math.floor(i / inner) % 9) - 4));
}

const rowOf = (values: Float32Array, row: number, size: number) => values.slice(row * size, (row + 1) * size);
const norm = (values: readonly number[]) => Math.hypot(...values);

describe('a product in int8', () => {
  it('is within 2 % of the exact one in every row, small rows beside large ones too', async () => {
    const x = drawRows(40);
    const product = await multiplyRows(x);
    for (let row = 0; row < 40; row += 1) {
      const exact = Array.from({ length: columns }, (_, column) => {
        let sum = 0;
        for (let i = 0; i < inner; i += 1) sum += (x[row * inner + i] ?? 0) * (weight[i * columns + column] ?? 0);
        return sum;
      });
      const difference = exact.map((value, column) => value - (product[row * columns + column] ?? 0));
      expect(norm(difference) / norm(exact)).toBeLessThan(0.02);
    }
  });

  it('gives a row the same bits whoever its neighbours are, and with two threads', async () => {
    const x = drawRows(200);
    const together = await multiplyRows(x);
    expect(await multiplyRows(x, 2)).toEqual(together);
    for (const row of [0, 7, 199]) {
      expect(await multiplyRows(rowOf(x, row, inner))).toEqual(rowOf(together, row, columns));
    }
    expect(await multiplyRows(x.slice(20 * inner, 53 * inner))).toEqual(together.slice(20 * columns, 53 * columns));
  });

  it('gives zeros for a row of zeros', async () => {
    const x = drawRows(3);
    x.fill(0, inner, 2 * inner);
    expect(rowOf(await multiplyRows(x), 1, columns).every((value) => value === 0)).toBe(true);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'shows %d wherever it stands in a row, in all of that row and in no other',
    async (wrong) => {
      const x = drawRows(inner);
      const free = await multiplyRows(x);
      for (let row = 0; row < inner; row += 2) x[row * inner + row] = wrong;
      const product = await multiplyRows(x);
      for (let row = 0; row < inner; row += 1) {
        const got = rowOf(product, row, columns);
        if (row % 2 === 0) expect(got.some((value) => Number.isFinite(value))).toBe(false);
        else expect(got).toEqual(rowOf(free, row, columns));
      }
    },
  );

  it('shares one quantisation of what several products read, and leaves none of our own operators', () => {
    const { nodes } = productGraph(3);
    const count = (operator: string) => nodes.filter((node) => node.operator === operator).length;
    expect([count('QuantizeLinear'), count('MatMulIntegerToFloat')]).toEqual([1, 3]);
    expect(nodes.filter((node) => node.domain === 'dropsweep')).toEqual([]);
  });
});
