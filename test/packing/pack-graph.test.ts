import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import type { Graph, Value } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, gelu, gemm, multiply, reduce, softmax, unary } from '../../src/onnx/operators.ts';
import { packGraph } from '../../src/packing/pack-graph.ts';
import { stream } from '../../src/random/stream.ts';
import { type BuildResult } from '../autodiff/gradient-check.ts';
import { never } from '../autodiff/rule-case.ts';
import { ruleCases } from '../autodiff/rule-cases.ts';
import { runModel } from '../autodiff/run-graph.ts';

const pack = 3;

/** The result, its loss and all gradients, for inputs of these shapes. */
function graphOf(shapes: readonly (readonly number[])[], build: BuildResult): Graph {
  const b = new GraphBuilder();
  const inputs = shapes.map((shape, index) => b.input(`x${index}`, 'float', shape));
  const result = build(b, inputs);
  const loss = reduce(
    b,
    'ReduceSumSquare',
    result,
    result.shape.map((_, axis) => axis),
    'drop',
  );
  const gradients = differentiate(b, loss, inputs).filter((gradient) => gradient !== null);
  return b.build('alone', [result, loss, ...gradients]);
}

/** Members alone against members packed, where the inputs of those numbers differ between members. */
async function expectSameBits(
  name: string,
  shapes: readonly (readonly number[])[],
  differing: ReadonlySet<number>,
  build: BuildResult,
) {
  const alone = graphOf(shapes, build);
  const draw = (input: number, member: number) => {
    const count = (shapes[input] ?? []).reduce((product, size) => product * size, 1);
    return Float32Array.from(stream(3, 'pack-graph', name, input, differing.has(input) ? member : 0).normals(count));
  };
  const members = Array.from({ length: pack }, (_, member) => shapes.map((_shape, input) => draw(input, member)));
  const expected: Float32Array[][] = [];
  for (const data of members) {
    expected.push(
      await runModel(
        alone,
        shapes.map((shape, i) => ({ name: `x${i}`, shape, data: data[i] ?? never() })),
      ),
    );
  }
  const names = new Set([...differing].map((input) => `x${input}`));
  const packed = checkGraph(packGraph(alone, names, pack));
  const got = await runModel(
    packed,
    shapes.map((shape, i) => {
      const own = members.map((data) => data[i] ?? never());
      return differing.has(i)
        ? { name: `x${i}`, shape: [pack, ...shape], data: Float32Array.from(own.flatMap((each) => [...each])) }
        : { name: `x${i}`, shape, data: own[0] ?? never() };
    }),
  );
  got.forEach((values, output) => {
    const size = values.length / pack;
    for (let member = 0; member < pack; member += 1) {
      expect(values.slice(member * size, (member + 1) * size), `output ${output} of member ${member}`).toEqual(
        expected[member]?.[output],
      );
    }
  });
}

const subsets = ruleCases.flatMap((one) => {
  const all = one.shapes.map((_, index) => index);
  const each = all.length > 1 ? all.map((index) => [index]) : [];
  return [all, ...each].map((differing) => ({ ...one, differing }));
});

describe('packing rules', () => {
  it.each(subsets)(
    '$operator $what, where inputs $differing differ: bits of each alone',
    async ({ what, operator, shapes, build, differing }) => {
      await expectSameBits(`${operator} ${what}`, shapes, new Set(differing), (b, inputs) => build(b, ...inputs));
    },
  );
});

describe('packGraph', () => {
  it('computes once what no differing input reaches', () => {
    const b = new GraphBuilder();
    const [x, w, v] = [b.input('x', 'float', [4, 5]), b.input('w', 'float', [5, 6]), b.input('v', 'float', [6, 2])];
    const graph = b.build('alone', [gemm(b, gelu(b, gemm(b, x, w)), v)]);
    const packed = packGraph(graph, new Set(['v']), pack);
    expect(packed.nodes.slice(0, 2)).toEqual(graph.nodes.slice(0, 2));
    expect(packed.outputs[0]?.shape).toEqual([pack, 4, 2]);
  });

  it('gives an output that no differing input reaches to every member', async () => {
    const b = new GraphBuilder();
    const [x, y] = [b.input('x', 'float', [2]), b.input('y', 'float', [2])];
    const packed = packGraph(b.build('alone', [unary(b, 'Neg', x), add(b, x, y)]), new Set(['y']), pack);
    const [shared] = await runModel(packed, [
      { name: 'x', shape: [2], data: Float32Array.of(1, 2) },
      { name: 'y', shape: [pack, 2], data: new Float32Array(2 * pack) },
    ]);
    expect(shared).toEqual(Float32Array.of(-1, -2, -1, -2, -1, -2));
  });

  it('gives the bits of each alone on random small graphs', async () => {
    const steps = ['tanh', 'gelu', 'softmax', 'square', 'product', 'mean'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }).map((vectors) => 4 * vectors),
        fc.integer({ min: 2, max: 9 }),
        fc.subarray([0, 1], { minLength: 1 }),
        async (chain, rows, columns, differing) => {
          const shapes = [
            [rows, columns],
            [columns, columns],
          ];
          await expectSameBits(`random ${chain.join()}`, shapes, new Set(differing), (b, [x = never(), w = never()]) =>
            chain.reduce<Value>((value, step) => {
              if (step === 'tanh') return unary(b, 'Tanh', value);
              if (step === 'gelu') return gelu(b, value);
              if (step === 'softmax') return softmax(b, value);
              if (step === 'square') return multiply(b, value, value);
              if (step === 'product') return multiply(b, gemm(b, value, w), b.floats([0.3]));
              return add(b, value, reduce(b, 'ReduceMean', multiply(b, w, w), [0]));
            }, x),
          );
        },
      ),
      { numRuns: 25, seed: 5 },
    );
  });
});
