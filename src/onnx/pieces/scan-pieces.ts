import { type Dimension, type Graph, int, type Node, type Shape, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { concat, reshape } from '../operators.ts';
import { integers } from '../sizes/run-time-sizes.ts';

/** Nodes of which only the last is read outside, and how what they read is cut. */
export interface Pieces {
  /** In the graph's order, ending with `last`. */
  readonly nodes: readonly Node[];
  readonly last: Node;
  /** How many columns a piece of a value has; null: every piece reads the value as it is. */
  readonly columnsOf: (value: Value) => number | null;
  /** int64 [1]: pieces of each value that is cut. */
  readonly count: Value;
  /** Pieces, and rows of a piece: the graph's names for them. Together they give a value's size. */
  readonly sizes: readonly [Dimension, Dimension];
}

/**
 * The nodes over one piece after another, as a Scan, and their result as it was. Adds nodes of which the last gives it.
 * Requires that a piece's result depends on that piece alone.
 */
export function scanPieces(b: GraphBuilder, { nodes, last, columnsOf, count, sizes }: Pieces): void {
  const [pieces, rows] = sizes;
  const given = valuesCut(nodes, columnsOf);
  const shapeInPiece = (value: Value): Shape => {
    const columns = columnsOf(value);
    return columns === null ? value.shape : [rows, columns];
  };
  const inputs = given.map((value) => {
    const columns = columnsOf(value) ?? 1;
    return reshape(b, value, [pieces, rows, columns], concat(b, [count, b.int64s([-1, columns])], 0));
  });
  const [output] = last.outputs;
  if (output === undefined) throw new Error(`${last.name} gives nothing`);
  const result = b.one({
    operator: 'Scan',
    inputs,
    attributes: {
      body: { kind: 'graph', value: bodyOf(nodes, last, given, shapeInPiece) },
      num_scan_inputs: int(inputs.length),
    },
    outputs: [{ shape: [pieces, ...shapeInPiece(output)] }],
  });
  reshape(b, result, output.shape, b.int64s(output.shape.map((size) => (typeof size === 'number' ? size : -1))));
}

/** Values that are cut and come from outside, each once. */
export function valuesCut(nodes: readonly Node[], columnsOf: (value: Value) => number | null): readonly Value[] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const given = new Map<string, Value>();
  for (const value of nodes.flatMap(({ inputs }) => inputs)) {
    if (value !== null && !made.has(value.name) && columnsOf(value) !== null) given.set(value.name, value);
  }
  return [...given.values()];
}

/** Under names of its own. Reductions go over the last of two axes. */
function bodyOf(
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

/** Counts of pieces that a graph has computed already, by what they are computed from. */
export type PieceCounts = Map<string, Value>;

/** More pieces than this are not looked for. */
const mostPieces = 64;

/**
 * int64 [1]: the least number of equal pieces of at most so many rows; 1 where up to 64 there is none. Computed once for
 * values of equally named rows.
 * @param rows names the value's rows @param columns of the value
 */
export function fewestPieces(
  b: GraphBuilder,
  counts: PieceCounts,
  value: Value,
  { rows, columns, mostRows }: { readonly rows: Dimension; readonly columns: number; readonly mostRows: number },
): Value {
  const key = `${rows}:${mostRows}`;
  const known = counts.get(key) ?? countPieces(b, value, columns, mostRows);
  counts.set(key, known);
  return known;
}

function countPieces(b: GraphBuilder, value: Value, columns: number, mostRows: number): Value {
  const size = b.one({ operator: 'Size', inputs: [value], outputs: [{ shape: [], type: 'int64' }] });
  const rows = integers(b, 'Div', reshape(b, size, [1]), b.int64s([columns]));
  const candidates = Array.from({ length: mostPieces }, (_, index) => index + 1);
  const vector = (operator: string, inputs: readonly Value[], type: 'int64' | 'bool'): Value =>
    b.one({ operator, inputs, outputs: [{ shape: [mostPieces], type }] });
  const remainders = vector('Mod', [rows, b.int64s(candidates)], 'int64');
  const divides = vector('Equal', [remainders, b.int64s([0])], 'bool');
  const isShort = vector('LessOrEqual', [rows, b.int64s(candidates.map((count) => count * mostRows))], 'bool');
  const fits = b.one({
    operator: 'Cast',
    inputs: [vector('And', [divides, isShort], 'bool')],
    attributes: { to: int(int32Type) },
    outputs: [{ shape: [mostPieces], type: 'int32' }],
  });
  const first = b.one({
    operator: 'ArgMax',
    inputs: [fits],
    attributes: { axis: int(0), keepdims: int(1), select_last_index: int(0) },
    outputs: [{ shape: [1], type: 'int64' }],
  });
  // Where none fits, all are equal and the first is taken: one piece.
  return integers(b, 'Add', first, b.int64s([1]));
}

const int32Type = 6;
