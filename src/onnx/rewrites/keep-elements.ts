import type { Graph, Node, Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { multiply } from '../operators.ts';
import { toFloat } from '../sizes/run-time-sizes.ts';
import { sameShape, shapeError, shapeText } from '../sizes/shapes.ts';

/** Our own operator: lowerKeptElements makes standard ones of it once everything is differentiated. */
export const keepElementsOperator = 'KeepElements';

/** x where keep is 1, zero where it is 0. @param keep uint8 of x's shape */
export function keepElements(b: GraphBuilder, x: Value, keep: Value): Value {
  if (!sameShape(x.shape, keep.shape)) {
    throw shapeError(`${keepElementsOperator} of ${x.name}`, shapeText(keep.shape), shapeText(x.shape));
  }
  return b.one({
    operator: keepElementsOperator,
    domain: 'dropsweep',
    inputs: [x, keep],
    outputs: [{ shape: x.shape }],
  });
}

/**
 * Makes a Cast and a Mul of every KeepElements, so that a mask lives as bytes from the forward pass to the backward one,
 * and in float32 for a moment only. The Cast stands before what makes x: onnxruntime runs what a node's latest input
 * needs first, and would else make floats of all masks before the first product. Requires a legal graph; ensures the
 * same outputs, and no KeepElements.
 */
export function lowerKeptElements(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === keepElementsOperator)) return graph;
  const b = new GraphBuilder(`${graph.name}_keep_`);
  const madeAt = new Map(
    graph.nodes.flatMap(({ outputs }, index) => outputs.map(({ name }) => [name, index] as const)),
  );
  const uses = new Map<string, number>();
  const before = new Map<number, readonly Node[]>();
  const nodes = graph.nodes.map((node, index): Node => {
    if (node.operator !== keepElementsOperator) return node;
    const [x, keep] = node.inputs;
    if (x === null || x === undefined || keep === null || keep === undefined)
      throw new Error(`${node.name} lacks input`);
    const use = uses.get(keep.name) ?? 0;
    uses.set(keep.name, use + 1);
    const begun = b.nodes.length;
    multiply(b, x, floatsOf(b, keep, use));
    const made = b.nodes.slice(begun);
    const product = made.at(-1) ?? node;
    const at = Math.max(madeAt.get(x.name) ?? index, (madeAt.get(keep.name) ?? -1) + 1);
    before.set(at, [...(before.get(at) ?? []), ...made.slice(0, -1)]);
    return { ...product, outputs: node.outputs };
  });
  return {
    ...graph,
    nodes: nodes.flatMap((node, index) => [...(before.get(index) ?? []), node]),
    initializers: [...graph.initializers, ...b.build('', []).initializers],
  };
}

/**
 * @param use a mask's uses from 0 on: all but the first look at it with as many axes more, since onnxruntime would find
 * equal Casts to be one, and keep its floats from the forward pass to the backward one
 */
function floatsOf(b: GraphBuilder, keep: Value, use: number): Value {
  if (use === 0) return toFloat(b, keep);
  const axes = b.int64s(Array.from({ length: use }, (_, axis) => axis));
  const shape = [...Array.from({ length: use }, () => 1), ...keep.shape];
  const seen = b.one({ operator: 'Unsqueeze', inputs: [keep, axes], outputs: [{ shape, type: keep.type }] });
  return b.one({ operator: 'Squeeze', inputs: [toFloat(b, seen), axes], outputs: [{ shape: keep.shape }] });
}
