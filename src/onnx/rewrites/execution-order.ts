import type { Graph, Node } from '../graph.ts';

/**
 * The graph with its nodes in the order that onnxruntime runs them in: from the nodes that nobody reads, the last of
 * them first, and of what a node reads, the last in the graph first. Values live longer in it than in the order given.
 * Requires a legal graph. Source: onnxruntime/core/graph, ReverseDFSFrom with nodes compared by their index.
 */
export function inExecutionOrder(graph: Graph): Graph {
  const madeAt = new Map(
    graph.nodes.flatMap(({ outputs }, index) => outputs.map(({ name }) => [name, index] as const)),
  );
  const sources = graph.nodes.map((node) => [...new Set(namesRead(node).flatMap((name) => madeAt.get(name) ?? []))]);
  const read = new Set(sources.flat());
  const open = graph.nodes.flatMap((_, index) => (read.has(index) ? [] : [{ index, isReady: false }]));
  const entered = new Set<number>();
  const order: Node[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { index, isReady } = next;
    const node = graph.nodes[index];
    if (isReady && node !== undefined) order.push(node);
    if (isReady || entered.has(index)) continue;
    entered.add(index);
    open.push({ index, isReady: true });
    const ascending = sources[index]?.toSorted((one, other) => one - other) ?? [];
    for (const source of ascending) open.push({ index: source, isReady: false });
  }
  return { ...graph, nodes: order };
}

/** The values that a node reads, graphs inside it included. */
function namesRead({ inputs, attributes }: Node): readonly string[] {
  const own = inputs.flatMap((input) => input?.name ?? []);
  const inner = Object.values(attributes).flatMap((attribute) =>
    attribute.kind === 'graph' ? attribute.value.nodes.flatMap(namesRead) : [],
  );
  return [...own, ...inner];
}
