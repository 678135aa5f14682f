import { countReaders } from '../count-readers.ts';
import { type Dimension, type Graph, intAttribute, type Node, type Value } from '../graph.ts';
import { type PieceGroup, rewriteInPieces } from './rewrite-in-pieces.ts';
import { fewestPieces } from './scan-pieces.ts';

/** Rows of a piece, at most: a piece of a hidden state or of what is added to it lies in the cache. */
const mostRows = 768;

/** A group has a product with a matrix of so many rows and columns: smaller ones are in the cache as they are. */
const leastSize = 128;

/** onnxruntime adds up products of at most so many inner elements in one stretch, then what is added to them. */
const mostAtOnce = 128;

/**
 * Products of many rows with shared matrices go some rows at a time, each with the products that are added to it:
 * onnxruntime's run at a higher rate over fewer rows, and what is added is still in the cache. Requires a legal graph;
 * ensures the same outputs, bit for bit, since a row of a product knows nothing of the others.
 * @param threads that share a product
 */
export function productsInPieces(graph: Graph, threads: number): Graph {
  return rewriteInPieces(graph, 'products', (inner) => findGroups(inner, threads > 1 ? addendApart : asItIs));
}

function findGroups(graph: Graph, apart: (node: Node) => readonly Node[]): readonly PieceGroup[] {
  const madeBy = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const readers = countReaders(graph);
  const taken = new Set<Node>();
  return graph.nodes.toReversed().flatMap((last): readonly PieceGroup[] => {
    const rows = rowsOf(last);
    if (rows === null || taken.has(last)) return [];
    const nodes = [last];
    for (let addend = last.inputs[2] ?? null; addend !== null; addend = nodes[0]?.inputs[2] ?? null) {
      const producer = madeBy.get(addend.name);
      if (producer === undefined || readers.get(addend.name) !== 1 || rowsOf(producer) !== rows) break;
      nodes.unshift(producer);
    }
    for (const node of nodes) taken.add(node);
    const run = nodes.flatMap(apart);
    const [x] = nodes.find(isLarge)?.inputs ?? [];
    if (x === undefined || x === null) return [];
    const columnsOf = (value: Value) => (value.shape[0] === rows ? Number(value.shape[1]) : null);
    const place = { rows, columns: Number(x.shape[1]), mostRows };
    return [
      {
        nodes,
        last,
        cut: (b, counts) => ({
          nodes: run,
          last: run.at(-1) ?? last,
          columnsOf,
          count: fewestPieces(b, counts, x, place),
          sizes: [rows, 'piece'],
        }),
      },
    ];
  });
}

const asItIs = (node: Node): readonly Node[] => [node];

/**
 * h·B + C as a product and a sum: onnxruntime copies C by one thread before it multiplies. Short products alone, which
 * add C last either way: the same bits.
 */
function addendApart(node: Node): readonly Node[] {
  const [h, factor, addend] = node.inputs;
  const [output] = node.outputs;
  if (addend === undefined || addend === null || output === undefined || !(Number(h?.shape[1]) <= mostAtOnce))
    return [node];
  const product = { ...output, name: `${output.name}_product` };
  const sum = { ...node, operator: 'Add', name: `${node.name}_sum`, inputs: [addend, product], attributes: {} };
  return [{ ...node, inputs: [h ?? null, factor ?? null], outputs: [product] }, sum];
}

/** Names the rows of a product of many rows with a matrix of known size; null: it is none. */
function rowsOf(node: Node): Dimension | null {
  const [x, w] = node.inputs;
  const rows = x?.shape[0];
  const isFloat = node.outputs.every(({ type }) => type === 'float');
  const isKnown = w?.shape.every((size) => typeof size === 'number') === true && typeof x?.shape[1] === 'number';
  if (node.operator !== 'Gemm' || !isFloat || !isKnown || intAttribute(node, 'transA', 0) === 1) return null;
  return typeof rows === 'string' && rows !== 'batch' ? rows : null;
}

function isLarge({ inputs }: Node): boolean {
  return inputs[1]?.shape.every((size) => Number(size) >= leastSize) === true;
}
