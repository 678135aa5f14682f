import { checkGraph } from './check-graph.ts';
import { type Chain, findChains, operandKind } from './find-chains.ts';
import { type Attribute, type Graph, int, type Node, type Shape, type Value } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { concat, reshape } from './operators.ts';
import { integers } from './run-time-sizes.ts';

/** Floats of a piece, at most: a quarter of a mebibyte, of which the processor's own cache holds a few. */
const pieceFloats = 65_536;

/** Columns of a piece where even the columns may be parted: with 1,024 rows a piece has `pieceFloats`. */
const [leastPieceColumns, mostPieceColumns] = [16, 64] as const;

/** Narrower element-wise values fit into the cache as they are. */
const leastColumns = 512;

/**
 * Chains of operators whose rows know nothing of one another go piece by piece: all of a chain over some rows (where
 * it is element-wise: over some columns) while they lie in the processor's cache, instead of each operator over the
 * whole value in memory. Requires a legal graph; ensures the same outputs, bit for bit.
 */
export function chainsInPieces(graph: Graph): Graph {
  return checkGraph(withChains(graph));
}

/** Graphs inside see what surrounds them, and are checked with it. */
function withChains(outer: Graph): Graph {
  const graph = {
    ...outer,
    nodes: outer.nodes.map((node) => ({ ...node, attributes: mapGraphs(node.attributes, withChains) })),
  };
  const cuts = findChains(graph).flatMap((chain) => {
    const cut = cutOf(chain);
    return cut === null ? [] : [{ chain, cut }];
  });
  if (cuts.length === 0) return graph;
  const inChain = new Set(cuts.flatMap(({ chain }) => chain.nodes));
  const cutAt = new Map(cuts.map((one) => [one.chain.last, one]));
  const b = new GraphBuilder(`${graph.name}_pieces_`);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const found = cutAt.get(node);
    if (found === undefined) return inChain.has(node) ? [] : [node];
    const begun = b.nodes.length;
    scanChain(b, found.chain, found.cut);
    return b.nodes
      .slice(begun)
      .map((made, index, all) => (index === all.length - 1 ? { ...made, outputs: node.outputs } : made));
  });
  return { ...graph, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

/** How a chain's values are cut: [pieces, rows of a piece, columns of a piece]. */
interface Cut {
  /** Of a value of the chain's shape. */
  readonly shape: Shape;
  /** int64 [1]: how many pieces such a value makes. */
  pieces(b: GraphBuilder, value: Value): Value;
  /** Columns of a value of one number a row, or of the chain's shape. */
  columns(kind: 'whole' | 'row'): number;
}

/** null: the chain stays whole. */
function cutOf({ shape, isElementwise }: Chain): Cut | null {
  const rows = shape.slice(0, -1).join('·');
  const columns = Number(shape.at(-1));
  if (isElementwise) {
    const pieceColumns = columns < leastColumns ? null : largestDivisor(columns);
    if (pieceColumns === null) return null;
    const pieces = columns / pieceColumns;
    return {
      shape: [pieces, rows, pieceColumns],
      pieces: (b) => b.int64s([pieces]),
      columns: () => pieceColumns,
    };
  }
  const pieceRows = 2 ** Math.floor(Math.log2(Math.max(1, pieceFloats / columns)));
  return {
    // However many rows a piece has, all pieces together have the value's.
    shape: [rows, 'piece', columns],
    pieces: (b, value) => wholePieces(b, value, columns, pieceRows),
    columns: (kind) => (kind === 'whole' ? columns : 1),
  };
}

function largestDivisor(columns: number): number | null {
  for (let size: number = mostPieceColumns; size >= leastPieceColumns; size -= 1) if (columns % size === 0) return size;
  return null;
}

/** int64 [1]: rows / pieceRows where that is whole, else 1. */
function wholePieces(b: GraphBuilder, value: Value, columns: number, pieceRows: number): Value {
  const size = b.one({ operator: 'Size', inputs: [value], outputs: [{ shape: [], type: 'int64' }] });
  const rows = integers(b, 'Div', reshape(b, size, [1]), b.int64s([columns]));
  const pieces = integers(b, 'Div', rows, b.int64s([pieceRows]));
  const isWhole = b.one({
    operator: 'Equal',
    inputs: [integers(b, 'Mul', pieces, b.int64s([pieceRows])), rows],
    outputs: [{ shape: [1], type: 'bool' }],
  });
  return b.one({
    operator: 'Where',
    inputs: [isWhole, pieces, b.int64s([1])],
    outputs: [{ shape: [1], type: 'int64' }],
  });
}

/** The values in pieces, the chain over one after another, and the result as it was. */
function scanChain(b: GraphBuilder, { nodes, last, shape }: Chain, cut: Cut): void {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const given = new Map<string, { readonly value: Value; readonly kind: 'whole' | 'row' }>();
  for (const value of nodes.flatMap(({ inputs }) => inputs)) {
    const kind = operandKind(value, shape);
    if (value !== null && !made.has(value.name) && (kind === 'whole' || kind === 'row')) {
      given.set(value.name, { value, kind });
    }
  }
  const operands = [...given.values()];
  const first = operands.find(({ kind }) => kind === 'whole');
  if (first === undefined) throw new Error(`${last.name} depends on nothing of its shape`);
  const count = cut.pieces(b, first.value);
  const [pieces = 1, rows = 1] = cut.shape;
  const pieceShape = (value: Value): Shape => {
    const kind = operandKind(value, shape);
    return kind === 'whole' || kind === 'row' ? [rows, cut.columns(kind)] : value.shape;
  };
  const inputs = operands.map(({ value, kind }) => {
    const columns = cut.columns(kind);
    return reshape(b, value, [pieces, rows, columns], concat(b, [count, b.int64s([-1, columns])], 0));
  });
  const body = pieceOf(
    nodes,
    last,
    operands.map(({ value }) => value),
    pieceShape,
  );
  const result = b.one({
    operator: 'Scan',
    inputs,
    attributes: { body: { kind: 'graph', value: body }, num_scan_inputs: int(inputs.length) },
    outputs: [{ shape: cut.shape }],
  });
  reshape(b, result, shape, b.int64s(shape.map((size) => (typeof size === 'number' ? size : -1))));
}

/** The chain's nodes over one piece, under names of its own. Reductions go over the last of two axes. */
function pieceOf(
  nodes: readonly Node[],
  last: Node,
  given: readonly Value[],
  shapeInPiece: (value: Value) => Shape,
): Graph {
  const renamed = new Map<string, Value>();
  const rename = (value: Value): Value => {
    const name = `${value.name}_piece_of_${last.name}`;
    const known = renamed.get(value.name) ?? { ...value, name, shape: shapeInPiece(value) };
    renamed.set(value.name, known);
    return known;
  };
  const inputs = given.map(rename);
  for (const { outputs } of nodes) outputs.forEach(rename);
  const b = new GraphBuilder(`piece_of_${last.name}_`);
  const columnsAxis = b.int64s([-1]);
  const isReduction = ({ operator }: Node) => operator.startsWith('Reduce');
  const own = nodes.map((node) => ({
    ...node,
    name: `${node.name}_in_pieces`,
    inputs: node.inputs.map((input, index) =>
      isReduction(node) && index === 1 ? columnsAxis : input === null ? null : (renamed.get(input.name) ?? input),
    ),
    outputs: node.outputs.map(rename),
  }));
  const initializers = nodes.some(isReduction) ? b.build('', []).initializers : [];
  return { name: `piece_of_${last.name}`, inputs, outputs: last.outputs.map(rename), initializers, nodes: own };
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
