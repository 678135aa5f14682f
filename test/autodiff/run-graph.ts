import { InferenceSession, Tensor } from 'onnxruntime-node';
import { checkGraph } from '../../src/onnx/check-graph.ts';
import type { Graph, Value } from '../../src/onnx/graph.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { lowerKeptElements } from '../../src/onnx/rewrites/keep-elements.ts';
import { lowerQuantisedLinears } from '../../src/onnx/rewrites/lower-quantised-linears.ts';
import { serialiseModel } from '../../src/onnx/serialise-model.ts';
import { lowerTakenRows } from '../../src/onnx/rewrites/take-rows.ts';

export interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Runs what `build` makes of inputs of these shapes. */
export async function runGraph(
  feeds: readonly Feed[],
  build: (b: GraphBuilder, inputs: readonly Value[]) => readonly Value[],
): Promise<Float32Array[]> {
  const b = new GraphBuilder();
  const inputs = feeds.map((feed) => b.input(feed.name, 'float', feed.shape));
  return runModel(b.build('test', build(b, inputs)), feeds);
}

/** The graph's outputs, all of them float32. */
export async function runModel(model: Graph, feeds: readonly Feed[]): Promise<Float32Array[]> {
  const graph = checkGraph(lowerTakenRows(lowerKeptElements(lowerQuantisedLinears(model))));
  const session = await InferenceSession.create(serialiseModel(graph), {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'basic',
  });
  const results = await session.run(
    Object.fromEntries(
      feeds.map(({ name, shape, data }) => [
        name,
        data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape),
      ]),
    ),
  );
  const values = graph.outputs.map((output) => results[output.name]?.data);
  await session.release();
  return values.map((value) => {
    if (value instanceof Float32Array) return value;
    throw new TypeError('an output is not float32');
  });
}
