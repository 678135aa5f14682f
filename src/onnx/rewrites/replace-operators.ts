import { present } from '../../base/defect.ts';
import { checkGraph } from '../check-graph.ts';
import type { Graph, Initializer, Node, Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { keepNeeded } from './keep-needed.ts';

/** Builds a node's outputs of other operators; null: this node cannot be replaced, and stays. */
export type Replacement = (b: GraphBuilder, node: Node) => readonly Value[] | null;

/**
 * Replaces nodes by their operators' alternatives. Requires a legal graph without branches; ensures the same outputs in
 * the same order, up to rounding; an output of a replaced node changes its name.
 * @param replacements by the operator's name
 */
export function replaceOperators(graph: Graph, replacements: Readonly<Record<string, Replacement>>): Graph {
  const renamed = new Map<string, Value>();
  const now = (value: Value): Value => renamed.get(value.name) ?? value;
  const b = new GraphBuilder('alternative_');
  const nodes: Node[] = [];
  for (const old of graph.nodes) {
    const node = { ...old, inputs: old.inputs.map((input) => (input === null ? null : now(input))) };
    const before = b.nodes.length;
    const outputs = replacements[node.operator]?.(b, node) ?? null;
    nodes.push(...b.nodes.slice(before));
    if (outputs === null) nodes.push(node);
    else
      node.outputs.forEach((output, index) =>
        renamed.set(output.name, present(outputs[index], `the replacement of ${output.name}`)),
      );
  }
  const initializers: readonly Initializer[] = [...graph.initializers, ...b.build('', []).initializers];
  return checkGraph(keepNeeded({ ...graph, nodes, initializers, outputs: graph.outputs.map(now) }));
}
