import { checkGraph } from './check-graph.ts';
import { type Attribute, type Graph, int, type Node, type Shape, type Value } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { reshape } from './operators.ts';
import { shapeOf } from './run-time-sizes.ts';
import { sameShape } from './shapes.ts';

/** Each element of their results depends on the elements at its own place alone. */
const elementwise = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'],
  ...['Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Tanh', 'Relu', 'Sigmoid', 'HardSigmoid', 'Reciprocal'],
]);

/** Fewer passes are not worth the pieces. */
const leastNodes = 3;

/** Narrower values fit into the cache as they are. */
const leastColumns = 512;

/** Of a piece: with 2,048 rows of 64 floats it is half a mebibyte, of which the processor's own cache holds a few. */
const mostPieceColumns = 64;
const leastPieceColumns = 16;

/**
 * Chains of element-wise operators over wide values go piece by piece: all of a chain over one piece while it lies in
 * the processor's cache, instead of each operator over the whole value in memory. Requires a legal graph; ensures the
 * same outputs, bit for bit, since an element does not see which piece it is in.
 */
export function chainsInPieces(graph: Graph): Graph {
  const inner = graph.nodes.map((node) => ({ ...node, attributes: mapGraphs(node.attributes, branchInPieces) }));
  return checkGraph(withChains({ ...graph, nodes: inner }));
}

/** A branch sees what surrounds it: the graph around it is checked as a whole. */
function branchInPieces(branch: Graph): Graph {
  return withChains(branch);
}

function withChains(graph: Graph): Graph {
  const chains = findChains(graph);
  if (chains.length === 0) return graph;
  const inChain = new Set(chains.flatMap(({ nodes }) => nodes));
  const scanOf = new Map(chains.map((chain) => [chain.last, chain]));
  const b = new GraphBuilder(`${graph.name}_pieces_`);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const chain = scanOf.get(node);
    if (chain === undefined) return inChain.has(node) ? [] : [node];
    const begun = b.nodes.length;
    scanChain(b, chain);
    return b.nodes
      .slice(begun)
      .map((made, index, all) => (index === all.length - 1 ? { ...made, outputs: node.outputs } : made));
  });
  return { ...graph, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

interface Chain {
  /** In the graph's order, ending with `last`. */
  readonly nodes: readonly Node[];
  /** The only one that is read outside. */
  readonly last: Node;
  readonly shape: Shape;
  readonly pieceColumns: number;
}

/** From each result backwards: producers of its shape whose every reader is in the chain. */
function findChains(graph: Graph): readonly Chain[] {
  const madeBy = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const readers = readersOf(graph);
  const taken = new Set<Node>();
  const chains: Chain[] = [];
  for (const last of graph.nodes.toReversed()) {
    const shape = last.outputs[0]?.shape ?? [];
    const pieceColumns = pieceColumnsOf(shape);
    if (pieceColumns === null || taken.has(last) || !isLink(last, shape)) continue;
    const members = new Set([last]);
    const grow = (node: Node): void => {
      for (const input of node.inputs) {
        const producer = madeBy.get(input?.name ?? '');
        if (producer === undefined || members.has(producer) || !isLink(producer, shape)) continue;
        const isInner = readers.get(input?.name ?? '')?.every((reader) => reader !== null && members.has(reader));
        if (isInner === true) members.add(producer);
      }
    };
    // A producer that several members read is taken once all of them are.
    for (let size = 0; size < members.size; ) {
      size = members.size;
      for (const member of [...members]) grow(member);
    }
    if (members.size < leastNodes) continue;
    const nodes = graph.nodes.filter((node) => members.has(node));
    for (const node of nodes) taken.add(node);
    chains.push({ nodes, last, shape, pieceColumns });
  }
  return chains;
}

/** Whoever reads each value: nodes, and null for the graph's outputs and for graphs inside it. */
function readersOf(graph: Graph): ReadonlyMap<string, readonly (Node | null)[]> {
  const readers = new Map<string, (Node | null)[]>();
  const note = (name: string, reader: Node | null) => readers.set(name, [...(readers.get(name) ?? []), reader]);
  const noteInner = (inner: Graph): void => {
    for (const node of inner.nodes) {
      for (const input of node.inputs) if (input !== null) note(input.name, null);
      for (const value of Object.values(node.attributes)) if (value.kind === 'graph') noteInner(value.value);
    }
    for (const output of inner.outputs) note(output.name, null);
  };
  for (const node of graph.nodes) {
    for (const input of node.inputs) if (input !== null) note(input.name, node);
    for (const value of Object.values(node.attributes)) if (value.kind === 'graph') noteInner(value.value);
  }
  for (const output of graph.outputs) note(output.name, null);
  return readers;
}

/** Of operands of the chain's shape, or single numbers. */
function isLink({ operator, inputs, outputs }: Node, shape: Shape): boolean {
  return (
    elementwise.has(operator) &&
    outputs.length === 1 &&
    outputs.every((output) => output.type === 'float' && sameShape(output.shape, shape)) &&
    inputs.every((input) => input !== null && (isSingle(input.shape) || sameShape(input.shape, shape)))
  );
}

function isSingle(shape: Shape): boolean {
  return shape.length === 0;
}

/** null: the value stays whole. A row for each sample is no more than a piece. */
function pieceColumnsOf(shape: Shape): number | null {
  const columns = shape.at(-1);
  if (shape.length < 2 || typeof columns !== 'number' || columns < leastColumns) return null;
  if (shape.at(-2) === 'batch') return null;
  for (let size = mostPieceColumns; size >= leastPieceColumns; size -= 1) if (columns % size === 0) return size;
  return null;
}

/** [pieces, rows, columns of a piece], one after another, and the result as it was. */
function scanChain(b: GraphBuilder, { nodes, last, shape, pieceColumns }: Chain): void {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const given = new Map<string, Value>();
  for (const { inputs } of nodes) {
    for (const input of inputs) {
      if (input !== null && !made.has(input.name) && !isSingle(input.shape)) given.set(input.name, input);
    }
  }
  const [first] = given.values();
  if (first === undefined) throw new Error(`${last.name} depends on nothing`);
  const piece: Shape = [shape.slice(0, -1).join('·'), pieceColumns];
  const pieces = Number(shape.at(-1)) / pieceColumns;
  const target = b.int64s([pieces, -1, pieceColumns]);
  const body = pieceOf(nodes, last, [...given.values()], piece);
  const cut = [...given.values()].map((value) => reshape(b, value, [pieces, ...piece], target));
  const result = b.one({
    operator: 'Scan',
    inputs: cut,
    attributes: { body: { kind: 'graph', value: body }, num_scan_inputs: int(cut.length) },
    outputs: [{ shape: [pieces, ...piece] }],
  });
  reshape(b, result, shape, shapeOf(b, first));
}

/** The chain's nodes over one piece, under names of its own. */
function pieceOf(nodes: readonly Node[], last: Node, given: readonly Value[], shape: Shape): Graph {
  const renamed = new Map<string, Value>();
  const rename = (value: Value): Value => {
    const known = renamed.get(value.name) ?? { ...value, name: `${value.name}_piece_of_${last.name}`, shape };
    renamed.set(value.name, known);
    return known;
  };
  const inputs = given.map(rename);
  for (const { outputs } of nodes) outputs.forEach(rename);
  return {
    name: `piece_of_${last.name}`,
    inputs,
    outputs: last.outputs.map(rename),
    initializers: [],
    nodes: nodes.map((node) => ({
      ...node,
      name: `${node.name}_in_pieces`,
      inputs: node.inputs.map((input) => (input === null ? null : (renamed.get(input.name) ?? input))),
      outputs: node.outputs.map(rename),
    })),
  };
}

function mapGraphs(
  attributes: Node['attributes'],
  change: (graph: Graph) => Graph,
): Readonly<Record<string, Attribute>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      attribute.kind === 'graph' ? { kind: 'graph', value: change(attribute.value) } : attribute,
    ]),
  );
}
