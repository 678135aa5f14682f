import { floatAttribute, type Graph, int, intAttribute, type Node, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { concat, gemm } from '../operators.ts';
import { dimension } from '../sizes/shapes.ts';

/** Products of more columns than this in all keep a processor busy by themselves. */
const mostColumns = 128;

/** A narrow product has at most one column for so many inner elements. */
const innerPerColumn = 8;

/**
 * x·Aᵀ, x·Bᵀ, … of one x and few columns each → one product with [A; B; …], parted again: x is read once. Such are the
 * adapters of queries, keys and values; before a graph is differentiated, their gradients become one product each as
 * well. Requires a legal graph; ensures the same outputs, up to rounding.
 */
export function mergeNarrowProducts(graph: Graph): Graph {
  const groups = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    const [x] = node.inputs;
    if (x === null || x === undefined || columnsOf(node) === null) continue;
    const group = groups.get(x.name);
    if (group === undefined) groups.set(x.name, [node]);
    else if (sumOfColumns([...group, node]) <= mostColumns) group.push(node);
  }
  const b = new GraphBuilder(`${graph.name}_merged_`);
  const madeOf = new Map<Node, readonly Node[]>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const begun = b.nodes.length;
    mergeGroup(b, group);
    const merged = b.nodes.slice(begun);
    for (const node of group) madeOf.set(node, merged);
  }
  if (madeOf.size === 0) return graph;
  const nodes = inOrder(graph.nodes.flatMap((node) => madeOf.get(node) ?? [node]));
  return { ...graph, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

/**
 * null: no narrow product of a batch's rows with a matrix [columns, inner]. Rows of a table that all layers read are few,
 * and a gradient for all layers would keep what it is made of until the last.
 */
function columnsOf(node: Node): number | null {
  const [x, w, ...addend] = node.inputs;
  if (!String(x?.shape[0]).includes('batch')) return null;
  const isPlain = floatAttribute(node, 'alpha', 1) === 1 && intAttribute(node, 'transA', 0) === 0;
  const isTurned = intAttribute(node, 'transB', 0) === 1;
  const isFloat = node.inputs.every((input) => input?.type === 'float');
  if (node.operator !== 'Gemm' || !isFloat || !isPlain || !isTurned || addend.length > 0) return null;
  const [columns, inner] = [w?.shape[0], x?.shape[1]];
  if (typeof columns !== 'number' || typeof inner !== 'number') return null;
  return columns * innerPerColumn <= inner ? columns : null;
}

function sumOfColumns(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + (columnsOf(node) ?? 0), 0);
}

/** The last node that is added parts the product into what the group's nodes gave. */
function mergeGroup(b: GraphBuilder, group: readonly Node[]): void {
  const given = (node: Node, index: number): Value => {
    const value = node.inputs[index];
    if (value === null || value === undefined) throw new Error(`${node.name} lacks its input ${index}`);
    return value;
  };
  const [first] = group;
  if (first === undefined) return;
  const matrices = group.map((node) => given(node, 1));
  const product = gemm(b, given(first, 0), concat(b, matrices, 0), { transB: true });
  const outputs = group.flatMap((node) => node.outputs);
  const sizes = b.int64s(outputs.map(({ shape }) => Number(dimension(shape, 1))));
  b.copy({
    operator: 'Split',
    domain: '',
    name: `${first.name}_parts`,
    inputs: [product, sizes],
    attributes: { axis: int(1) },
    outputs,
  });
}

/** Each node once, after those that it reads, else in the order given. */
function inOrder(nodes: readonly Node[]): readonly Node[] {
  const madeBy = new Map(nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const placed = new Set<Node>();
  const place = (node: Node): void => {
    if (placed.has(node)) return;
    for (const input of node.inputs) {
      const producer = madeBy.get(input?.name ?? '');
      if (producer !== undefined) place(producer);
    }
    placed.add(node);
  };
  for (const node of nodes) place(node);
  return [...placed];
}
