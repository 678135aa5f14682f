import type { Graph, Node } from '../graph.ts';

/** Drops nodes, weights and constants that no output needs. Requires a legal graph; ensures the same outputs. */
export function keepNeeded(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map((output) => output.name));
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output.name))) continue;
    kept.push(node);
    for (const input of node.inputs) if (input !== null) needed.add(input.name);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') for (const name of namesUsed(attribute.value)) needed.add(name);
    }
  }
  return {
    ...graph,
    nodes: kept.reverse(),
    initializers: graph.initializers.filter(({ value }) => needed.has(value.name)),
  };
}

/** Of all depths: a subgraph's subgraph may read a value of the outermost. */
function namesUsed(graph: Graph): string[] {
  return [
    ...graph.nodes.flatMap((node) => [
      ...node.inputs.flatMap((input) => input?.name ?? []),
      ...Object.values(node.attributes).flatMap((attribute) =>
        attribute.kind === 'graph' ? namesUsed(attribute.value) : [],
      ),
    ]),
    ...graph.outputs.map((o) => o.name),
  ];
}
