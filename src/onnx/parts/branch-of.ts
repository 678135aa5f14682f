import { checkGraph } from '../check-graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { keepNeeded } from '../rewrites/keep-needed.ts';

/** The one If of a graph, at its top; null: it has none. */
export function branchingOf(graph: Graph): { readonly node: Node; readonly condition: Value } | null {
  const node = graph.nodes.find(({ operator }) => operator === 'If');
  const [condition] = node?.inputs ?? [];
  return node === undefined || condition === undefined || condition === null ? null : { node, condition };
}

/**
 * The graph as it runs where its condition has one value: the branch's nodes in the If's place, without the condition.
 * Requires a legal graph whose outputs are the If's; ensures the same outputs in the same order, by the branch's names.
 */
export function branchOf(graph: Graph, value: boolean): Graph {
  const branching = branchingOf(graph);
  const branch = branching?.node.attributes[value ? 'then_branch' : 'else_branch'];
  if (branching === null || branch?.kind !== 'graph') throw new Error(`${graph.name} has no branches`);
  const inner = branch.value;
  return checkGraph(
    keepNeeded({
      name: `${graph.name}_${inner.name}`,
      inputs: graph.inputs.filter(({ name }) => name !== branching.condition.name),
      outputs: inner.outputs,
      initializers: [...graph.initializers, ...inner.initializers],
      nodes: graph.nodes.flatMap((node) => (node === branching.node ? inner.nodes : [node])),
    }),
  );
}
