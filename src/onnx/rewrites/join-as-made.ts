import type { Graph, Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { concat, slice } from '../operators.ts';

/** Parts of one group: each group costs three small nodes. */
const partsOfGroup = 12;

/**
 * The parts of a long vector that a graph ends in, such as the gradients of all adapters, are made each as soon as it
 * can be. onnxruntime runs what a node's latest input needs first, so that a gradient's last part came first, and what
 * all others are made of was kept until then. Here the parts are joined in groups, and a group waits for that before it
 * by joining nothing of it. Requires a legal graph; ensures the same outputs, bit for bit.
 * @param joined the value that a Concat of one axis makes; the graph is given back where none does, or of few parts
 */
export function joinAsMade(graph: Graph, joined: Value): Graph {
  const join = graph.nodes.find(({ operator, outputs }) => operator === 'Concat' && outputs[0]?.name === joined.name);
  const parts = join?.inputs.filter((input) => input !== null) ?? [];
  if (join === undefined || joined.shape.length !== 1 || parts.length <= partsOfGroup) return graph;
  const b = new GraphBuilder(`${graph.name}_join_`);
  const productsOf = latestProducts(graph);
  const groups = Array.from({ length: Math.ceil(parts.length / partsOfGroup) }, (_, at) => {
    const members = parts.slice(at * partsOfGroup, (at + 1) * partsOfGroup);
    return { at, members, made: Math.max(...members.map(({ name }) => productsOf.get(name) ?? -1)) };
  });
  const joinedGroups: Value[] = [];
  let before: Value | null = null;
  for (const { at, members } of groups.toSorted((one, other) => one.made - other.made)) {
    const nothing: readonly Value[] = before === null ? [] : [slice(b, before, 0, 0, 0, 0)];
    before = concat(b, [...members, ...nothing], 0);
    joinedGroups[at] = before;
  }
  const last = { ...join, inputs: joinedGroups };
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) => (node === join ? [...b.nodes, last] : [node])),
    initializers: [...graph.initializers, ...b.build('', []).initializers],
  };
}

/** By value, the index of the last product that it depends on: sums of gradients may be listed long after it. */
function latestProducts({ nodes }: Graph): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  nodes.forEach(({ operator, inputs, outputs }, index) => {
    const read = inputs.map((input) => latest.get(input?.name ?? '') ?? -1);
    const made = products.has(operator) ? index : Math.max(-1, ...read);
    for (const { name } of outputs) latest.set(name, made);
  });
  return latest;
}

const products = new Set(['Gemm', 'MatMul', 'FusedMatMul']);
