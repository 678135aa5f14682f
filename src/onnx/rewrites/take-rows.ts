import { int, type Graph, type Node, type Value } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** Our own operator: lowerTakenRows makes a Gather of it once everything is differentiated. */
export const takeRowsOperator = 'TakeRows';

/** Rows in another order, and the way back. */
export interface TakenRows {
  /** int64 of any axes: the row that stands at each place. */
  readonly numbers: Value;
  /** int64 [rows of what is taken from]: a place, counted through all axes of `numbers`, where each row stands. */
  readonly back: Value;
  /** Whether `back` may say a place behind the last, of rows that stand nowhere; absent: each stands somewhere. */
  readonly leavesOut?: true;
}

/**
 * Rows of x by their numbers: [...numbers, columns]. A row that stands at several places has to have no gradient at any
 * of them: that of one place is taken for it.
 * @param x [rows, columns]
 */
export function takeRows(b: GraphBuilder, x: Value, { numbers, back, leavesOut }: TakenRows): Value {
  return b.one({
    operator: takeRowsOperator,
    domain: 'dropsweep',
    inputs: [x, numbers, back],
    attributes: { leaves_out: int(Number(leavesOut === true)) },
    outputs: [{ shape: [...numbers.shape, ...x.shape.slice(1)], type: x.type }],
  });
}

/** Makes a Gather of every TakeRows. Requires a legal graph; ensures the same outputs. */
export function lowerTakenRows(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.operator === takeRowsOperator ? gathering(node) : node)) };
}

function gathering(node: Node): Node {
  return {
    ...node,
    operator: 'Gather',
    domain: '',
    inputs: node.inputs.slice(0, 2),
    attributes: { axis: int(0) },
  };
}
