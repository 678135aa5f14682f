import { checkGraph } from '../check-graph.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { keepNeeded } from '../rewrites/keep-needed.ts';

/** The part that several runs share, and the one that each of them makes of it. */
export interface SharedGraph {
  /** Its outputs are inputs of `own`, by their names. */
  readonly shared: Graph;
  readonly own: Graph;
}

/**
 * Parts a graph in two: what depends on none of the `differing` inputs is computed once for all runs that differ in
 * those alone. Requires a legal graph without branches; ensures that shared, then own, give the same outputs, bit for
 * bit: the nodes are the same.
 */
export function partShared(graph: Graph, differing: ReadonlySet<string>): SharedGraph {
  const own = new Set(differing);
  const [sharedNodes, ownNodes]: [Node[], Node[]] = [[], []];
  for (const node of graph.nodes) {
    const plain = Object.values(node.attributes).every(({ kind }) => kind !== 'graph');
    const isOwn = !plain || node.inputs.some((input) => input !== null && own.has(input.name));
    if (isOwn) for (const output of node.outputs) own.add(output.name);
    (isOwn ? ownNodes : sharedNodes).push(node);
  }
  const made = new Map(sharedNodes.flatMap(({ outputs }) => outputs.map((value) => [value.name, value] as const)));
  const read = [...ownNodes.flatMap(valuesOf), ...graph.outputs];
  const passed = new Map(
    read.flatMap(({ name }) => {
      const value = made.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const outputs = [...passed.values()];
  const readNames = new Set(read.map(({ name }) => name));
  const ownInputs = [...graph.inputs.filter(({ name }) => readNames.has(name)), ...outputs];
  const inputs = graph.inputs.filter(({ name }) => !differing.has(name));
  return {
    shared: checkGraph(keepNeeded({ ...graph, name: `${graph.name}_shared`, inputs, outputs, nodes: sharedNodes })),
    own: checkGraph(keepNeeded({ ...graph, name: `${graph.name}_own`, inputs: ownInputs, nodes: ownNodes })),
  };
}

/** All that a node reads, its subgraphs included. */
function valuesOf(node: Node): readonly Value[] {
  const inner = Object.values(node.attributes).flatMap((attribute) =>
    attribute.kind === 'graph' ? attribute.value.nodes.flatMap(valuesOf) : [],
  );
  return [...node.inputs.filter((input) => input !== null), ...inner];
}
