import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { gatherRows, gemm } from '../../src/onnx/operators.ts';
import { fedName, reserveFirst, reserveInput } from '../../src/onnx/rewrites/reserve-first.ts';
import { serialiseModel } from '../../src/onnx/serialise-model.ts';

const parameters = Float32Array.of(-0, 1.5, Number.NaN, -3e38, 1e-40, 7);

it('a run that reserves memory first gives the bits of one that does not', async () => {
  const b = new GraphBuilder();
  const [ids, table] = [b.input('input_ids', 'int64', ['rows']), b.input('parameters', 'float', [3, 2])];
  const other = b.input('other', 'float', [2, 2]);
  const graph = b.build('graph', [gatherRows(b, table, ids), gemm(b, gatherRows(b, table, ids), other)]);
  const reserving = checkGraph(reserveFirst(graph, ['input_ids', 'parameters', 'not among them']));
  expect(reserving.inputs.map(({ name }) => name)).toEqual([
    ...['input_ids', 'parameters'].map(fedName),
    'other',
    reserveInput,
  ]);
  const session = await InferenceSession.create(serialiseModel(reserving), { logSeverityLevel: 3 });
  const run = async (floats: bigint) => {
    const feeds = {
      [fedName('input_ids')]: new Tensor('int64', BigInt64Array.of(2n, 0n, 1n), [3]),
      [fedName('parameters')]: new Tensor('float32', parameters, [3, 2]),
      other: new Tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]),
      [reserveInput]: new Tensor('int64', BigInt64Array.of(floats), [1]),
    };
    const results = await session.run(feeds);
    return session.outputNames.map((name) => results[name]?.data);
  };
  const [rows, products] = await run(0n);
  expect(rows).toEqual(Float32Array.of(1e-40, 7, -0, 1.5, Number.NaN, -3e38));
  expect(await run(1_000_000n)).toEqual([rows, products]);
  await session.release();
});
