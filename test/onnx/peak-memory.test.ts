import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { add, gemm, reshape, unary } from '../../src/onnx/operators.ts';
import { peakBytes } from '../../src/onnx/sizes/peak-memory.ts';

describe('the peak of a graph’s values', () => {
  it('counts what lives at once: a value goes after its last reader', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', ['rows', 5]);
    const w = b.input('w', 'float', [5, 7]);
    const product = gemm(b, x, w); // 3 · 7
    const narrow = gemm(b, product, w, { transB: true }); // 3 · 5: product goes after it
    const wide = gemm(b, narrow, w); // 3 · 7
    const inputs = 3 * 5 + 5 * 7;
    expect(peakBytes(b.build('graph', [wide]), { rows: 3 })).toBe(4 * (inputs + 3 * 7 + 3 * 5));
  });

  it('takes views and results in their input’s place for nothing', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', ['rows', 4]);
    const w = b.input('w', 'float', [4, 6]);
    const product = gemm(b, x, w);
    const flat = reshape(b, product, ['6·rows'], b.int64s([-1]));
    const squashed = unary(b, 'Tanh', unary(b, 'Exp', flat));
    const bytes = peakBytes(b.build('graph', [squashed]), { rows: 3 });
    expect(bytes).toBe(4 * (3 * 4 + 4 * 6 + 3 * 6));
    const kept = add(b, squashed, flat); // flat is read after Exp: Exp needs a place of its own
    expect(peakBytes(b.build('graph', [kept]), { rows: 3 })).toBe(4 * (3 * 4 + 4 * 6 + 2 * 3 * 6));
  });

  it('finds the sizes that reshapes make, and reads products and differences of names', () => {
    const b = new GraphBuilder();
    const x = b.input('x', 'float', ['rows', 4]);
    const paired = reshape(b, x, ['pairs', 8], b.int64s([-1, 8]));
    const w = b.input('w', 'float', [8, 3]);
    const product = gemm(b, paired, w);
    expect(peakBytes(b.build('graph', [product]), { rows: 6 })).toBe(4 * (6 * 4 + 8 * 3 + 3 * 3));
  });
});
