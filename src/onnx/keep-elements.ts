import type { Graph, Node, Value } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { multiply } from './operators.ts';
import { toFloat } from './run-time-sizes.ts';
import { sameShape, shapeError, shapeText } from './shapes.ts';

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
 * Makes a Cast and a Mul of every KeepElements, each with a Cast of its own: a mask lives as bytes from the forward pass
 * to the backward one, and in float32 for a moment only. Requires a legal graph; ensures the same outputs, and no
 * KeepElements.
 */
export function lowerKeptElements(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === keepElementsOperator)) return graph;
  const b = new GraphBuilder(`${graph.name}_keep_`);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    if (node.operator !== keepElementsOperator) return [node];
    const [x, keep] = node.inputs;
    if (x === null || x === undefined || keep === null || keep === undefined)
      throw new Error(`${node.name} lacks input`);
    const begun = b.nodes.length;
    multiply(b, x, toFloat(b, keep));
    return b.nodes.slice(begun).map((made) => (made.operator === 'Mul' ? { ...made, outputs: node.outputs } : made));
  });
  return { ...graph, nodes };
}
