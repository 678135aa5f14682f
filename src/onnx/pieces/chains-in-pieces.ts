import { type Chain, findChains, operandKind } from './find-chains.ts';
import type { Graph, Value } from '../graph.ts';
import { type PieceGroup, rewriteInPieces } from './rewrite-in-pieces.ts';
import { fewestPieces, valuesCut } from './scan-pieces.ts';

/** Floats of a thread's share of a piece, at most: a quarter of a mebibyte, of which a core's own cache holds a few. */
const pieceFloats = 65_536;

/** Columns for each thread where even the columns may be parted: with 1,024 rows a share has `pieceFloats`. */
const [leastPieceColumns, mostPieceColumns] = [16, 64] as const;

/** Narrower element-wise values fit into the cache as they are. */
const leastColumns = 512;

/**
 * Chains of operators whose rows know nothing of one another go piece by piece: all of a chain over some rows (where
 * it is element-wise: over some columns) while they lie in the processor's cache, instead of each operator over the
 * whole value in memory. Requires a legal graph; ensures the same outputs, bit for bit.
 * @param threads that share a piece: too short a one is left to one of them
 */
export function chainsInPieces(graph: Graph, threads: number): Graph {
  return rewriteInPieces(graph, 'pieces', (inner) =>
    findChains(inner).flatMap((chain) => {
      const cut = cutOf(chain, threads);
      return cut === null ? [] : [{ nodes: chain.nodes, last: chain.last, cut }];
    }),
  );
}

/** null: the chain stays whole. */
function cutOf({ nodes, last, shape, isElementwise }: Chain, threads: number): PieceGroup['cut'] | null {
  const rows = shape.slice(0, -1).join('·');
  const columns = Number(shape.at(-1));
  if (isElementwise) {
    const pieceColumns = columns < leastColumns ? null : largestDivisor(columns, mostPieceColumns * threads);
    if (pieceColumns === null || pieceColumns === columns) return null;
    const pieces = columns / pieceColumns;
    const columnsOf = (value: Value) => (operandKind(value, shape) === 'whole' ? pieceColumns : null);
    return (b) => ({ nodes, last, columnsOf, count: b.int64s([pieces]), sizes: [pieces, rows] });
  }
  const columnsOf = (value: Value) => {
    const kind = operandKind(value, shape);
    return kind === 'whole' ? columns : kind === 'row' ? 1 : null;
  };
  const whole = valuesCut(nodes, columnsOf).find((value) => columnsOf(value) === columns);
  if (whole === undefined) return null;
  const mostRows = Math.max(1, Math.floor((pieceFloats * threads) / columns));
  // However many rows a piece has, all pieces together have the value's.
  return (b, counts) => ({
    nodes,
    last,
    columnsOf,
    count: fewestPieces(b, counts, whole, { rows, columns, mostRows }),
    sizes: [rows, 'piece'],
  });
}

function largestDivisor(columns: number, most: number): number | null {
  for (let size = most; size >= leastPieceColumns; size -= 1) if (columns % size === 0) return size;
  return null;
}
