import { countReaders } from '../count-readers.ts';
import type { Graph, Node, Value } from '../graph.ts';
import { sameShape } from '../sizes/shapes.ts';

/**
 * Add(Gemm(a, b), c) → Gemm(a, b, c), where nobody else reads the product and c has its shape.
 * Requires a legal graph; ensures the same outputs, one pass over the sum less for each fold.
 */
export function foldSumIntoGemm(graph: Graph): Graph {
  const readers = countReaders(graph);
  const nodes = [...graph.nodes];
  const madeAt = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const output of node.outputs) madeAt.set(output.name, index);
  });
  const dropped = new Set<number>();
  nodes.forEach((node, index) => {
    if (node.operator !== 'Add') return;
    const [left, right] = node.inputs;
    if (left === null || right === null || left === undefined || right === undefined) return;
    const fold =
      foldable(left, right, { nodes, madeAt, readers, dropped }) ??
      foldable(right, left, { nodes, madeAt, readers, dropped });
    if (fold === null) return;
    nodes[index] = { ...fold.gemm, inputs: [...fold.gemm.inputs.slice(0, 2), fold.addend], outputs: node.outputs };
    dropped.add(fold.at);
  });
  return { ...graph, nodes: nodes.filter((_, index) => !dropped.has(index)) };
}

interface Look {
  readonly nodes: readonly Node[];
  readonly madeAt: ReadonlyMap<string, number>;
  readonly readers: ReadonlyMap<string, number>;
  readonly dropped: ReadonlySet<number>;
}

function foldable(product: Value, addend: Value, look: Look): { gemm: Node; at: number; addend: Value } | null {
  const at = look.madeAt.get(product.name);
  const gemm = at === undefined ? undefined : look.nodes[at];
  if (at === undefined || gemm?.operator !== 'Gemm' || gemm.inputs.length !== 2 || look.dropped.has(at)) return null;
  if (look.readers.get(product.name) !== 1 || !sameShape(product.shape, addend.shape)) return null;
  return { gemm, at, addend };
}
