import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/autodiff/differentiate.ts';
import { gradientRules } from '../../src/autodiff/gradient-rules.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, gelu, gemm, multiply, reduce, softmax, unary } from '../../src/onnx/operators.ts';
import type { Value } from '../../src/onnx/graph.ts';
import { type BuildResult, slopes } from './gradient-check.ts';
import { never } from './rule-case.ts';
import { runGraph } from './run-graph.ts';
import { ruleCases } from './rule-cases.ts';

/** Central differences in float32 with a step of 1e-2 are good to about 1e-3 of the slope. */
const tolerance = 5e-3;

async function expectSlopes(name: string, shapes: readonly (readonly number[])[], build: BuildResult): Promise<void> {
  const { derived, measured } = await slopes(name, shapes, build);
  expect(Math.abs(derived - measured)).toBeLessThan(tolerance * Math.max(1, Math.abs(measured)));
}

describe('the gradient rule of', () => {
  it.each(ruleCases)(
    '$operator $what has the slope of a central difference',
    async ({ operator, what, shapes, build }) => {
      await expectSlopes(`${operator} ${what}`, shapes, (b, inputs) => build(b, ...inputs));
    },
  );

  it.each(ruleCases)(
    '$operator $what composes with others before and after it',
    async ({ operator, what, shapes, build }) => {
      await expectSlopes(`composed ${operator} ${what}`, shapes, (b, inputs) =>
        unary(b, 'Tanh', build(b, ...inputs.map((input) => unary(b, 'Tanh', input)))),
      );
    },
  );

  it('every operator of the table is checked here', () => {
    expect(new Set(ruleCases.map((one) => one.operator))).toEqual(new Set(Object.keys(gradientRules)));
  });
});

describe('differentiate', () => {
  it('adds up the gradients of a value that is read several times', async () => {
    await expectSlopes('shared', [[3, 4]], (b, [x = never()]) => add(b, multiply(b, x, x), unary(b, 'Tanh', x)));
  });

  it('gives null for a value that the loss does not depend on, and computes nothing for it', () => {
    const b = new GraphBuilder();
    const [x, y] = [b.input('x', 'float', [3]), b.input('y', 'float', [3])];
    const loss = reduce(b, 'ReduceSum', unary(b, 'Tanh', x), [0], 'drop');
    const [dX, dY] = differentiate(b, loss, [x, y]);
    expect(dX).not.toBeNull();
    expect(dY).toBeNull();
  });

  it('does not differentiate with respect to what nobody asked for', () => {
    const b = new GraphBuilder();
    const [x, w] = [b.input('x', 'float', [3, 4]), b.input('w', 'float', [4, 5])];
    const loss = reduce(b, 'ReduceSum', gemm(b, x, w), [0, 1], 'drop');
    const before = b.nodes.length;
    differentiate(b, loss, [w]);
    expect(b.nodes.slice(before).filter((node) => node.operator === 'Gemm')).toHaveLength(1);
  });

  it('names an operator that has no rule, with its node', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', [3]);
    const odd = b.one({ operator: 'Mish', inputs: [x], outputs: [{ shape: [3] }] });
    const loss = reduce(b, 'ReduceSum', odd, [0], 'drop');
    expect(() => differentiate(b, loss, [x])).toThrow(
      /OPERATOR_UNSUPPORTED: there is no gradient rule for Mish\n  where: Mish_0/,
    );
  });

  it('gives an exact zero where a mask is zero', async () => {
    const data = Float32Array.of(1, -2, 3, 4, 5, -6);
    const [gradient] = await runGraph([{ name: 'x', shape: [2, 3], data }], (b, [x = never()]) => {
      const masked = multiply(b, x, b.floats([1, 0, 1]));
      const loss = reduce(b, 'ReduceSum', multiply(b, masked, masked), [0, 1], 'drop');
      return differentiate(b, loss, [x]).map((found) => found ?? never());
    });
    // −0 is as exact a zero as 0.
    expect(Array.from(gradient ?? [], (value) => value + 0)).toEqual([2, 0, 6, 8, 0, -12]);
  });

  it('agrees with central differences on random small graphs', async () => {
    const steps = ['tanh', 'gelu', 'softmax', 'square', 'product', 'scale'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 2, max: 6 }),
        async (chain, rows, columns) => {
          await expectSlopes(
            `random ${chain.join()} ${rows} ${columns}`,
            [
              [rows, columns],
              [columns, columns],
            ],
            (b, [x = never(), w = never()]) =>
              chain.reduce<Value>(
                (value, step) => {
                  if (step === 'tanh') return unary(b, 'Tanh', value);
                  if (step === 'gelu') return gelu(b, value);
                  if (step === 'softmax') return softmax(b, value);
                  if (step === 'square') return multiply(b, value, multiply(b, value, b.floats([0.3])));
                  if (step === 'product') return multiply(b, gemm(b, value, w), b.floats([0.3]));
                  return add(
                    b,
                    multiply(b, value, b.floats([0.5])),
                    reduce(b, 'ReduceMean', multiply(b, w, w), [0, 1]),
                  );
                },
                unary(b, 'Tanh', x),
              ),
          );
        },
      ),
      { numRuns: 25, seed: 11 },
    );
  });
});
