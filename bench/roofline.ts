import { parseArgs } from 'node:util';
import type { Value } from '../src/onnx/graph.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import { gemm } from '../src/onnx/operators.ts';
import { serialiseModel } from '../src/onnx/serialise-model.ts';
import { openSession, Tensor } from '../src/runtime/open-session.ts';

/*
 * How long a MiniLM-L6 training step's base products alone take: `npm run bench:roofline -- [--rows 32] [--tokens 64]
 * [--threads 2]`. Each product of the step is timed by itself and counted as often as the step has it.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '32' },
    tokens: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
  },
});
const batch = Number(options.rows);
const tokens = batch * Number(options.tokens);
const [hidden, wide, layers] = [384, 1536, 6];

interface Product {
  readonly what: string;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Forward products have the weight as it lies, [out, in]; those of dX have it plain. */
  readonly transB: boolean;
  readonly count: number;
}

/** The last layer has queries, the output and the feed-forward for one row a sample; layer 0 needs no dX of q, k, v. */
const products: readonly Product[] = [
  { what: 'q, k, v, output', rows: tokens, inner: hidden, columns: hidden, transB: true, count: 4 * (layers - 1) + 2 },
  { what: 'intermediate', rows: tokens, inner: hidden, columns: wide, transB: true, count: layers - 1 },
  { what: 'output.dense', rows: tokens, inner: wide, columns: hidden, transB: true, count: layers - 1 },
  {
    what: 'dX of q, k, v, output',
    rows: tokens,
    inner: hidden,
    columns: hidden,
    transB: false,
    count: 4 * (layers - 1) - 1,
  },
  { what: 'dX of intermediate', rows: tokens, inner: wide, columns: hidden, transB: false, count: layers - 1 },
  { what: 'dX of output.dense', rows: tokens, inner: hidden, columns: wide, transB: false, count: layers - 1 },
];

async function time(product: Product): Promise<number> {
  const { rows, inner, columns, transB } = product;
  const b = new GraphBuilder();
  const x: Value = b.input('x', 'float', [rows, inner]);
  const w: Value = b.input('w', 'float', transB ? [columns, inner] : [inner, columns]);
  const session = await openSession(serialiseModel(b.build('product', [gemm(b, x, w, { transB })])), {
    threads: Number(options.threads),
  });
  const feeds = {
    x: new Tensor('float32', new Float32Array(rows * inner).fill(0.5), [rows, inner]),
    w: new Tensor(
      'float32',
      new Float32Array(inner * columns).fill(0.25),
      transB ? [columns, inner] : [inner, columns],
    ),
  };
  const times: number[] = [];
  for (let run = 0; run < 30; run += 1) {
    const begun = performance.now();
    await session.run(feeds);
    times.push(performance.now() - begun);
  }
  await session.release();
  return Math.min(...times);
}

let total = 0;
let operations = 0;
const table: Record<string, string | number>[] = [];
for (const product of products) {
  const { what, rows, inner, columns, count } = product;
  const each = await time(product);
  const flops = 2 * rows * inner * columns;
  total += each * count;
  operations += flops * count;
  table.push({
    product: what,
    shape: `${rows} x ${inner} x ${columns}`,
    count,
    ms_each: Number(each.toFixed(2)),
    gflops: Math.round(flops / each / 1e6),
    ms: Number((each * count).toFixed(1)),
  });
}
console.table(table);
console.log(`base products of one step: ${total.toFixed(0)} ms, ${(operations / 1e9).toFixed(1)} GFLOP`);
