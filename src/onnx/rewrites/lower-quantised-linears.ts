import { intAttribute, type Graph, type Node, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { add, gemm } from '../operators.ts';
import {
  frozenLinearOperator,
  productOfRows,
  quantisedProductOperator,
  type QuantisedMatrix,
  type QuantisedRows,
  quantiseRows,
} from './quantised-linear.ts';

/**
 * Makes standard operators of every FrozenLinear and QuantisedProduct. Values that several products read (the input of
 * queries, keys and values) are quantised once. Requires a legal graph; ensures the same outputs, and none of our own
 * operators.
 */
export function lowerQuantisedLinears(graph: Graph): Graph {
  const b = new GraphBuilder(`${graph.name}_int8_`);
  const quantised = new Map<string, QuantisedRows>();
  const product = (x: Value, matrix: QuantisedMatrix): Value => {
    const rows = quantised.get(x.name) ?? quantiseRows(b, x);
    quantised.set(x.name, rows);
    return productOfRows(b, rows, matrix);
  };
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const lower = lowerings[node.operator];
    if (lower === undefined) return [node];
    const begun = b.nodes.length;
    lower(b, node, product);
    return renameLast(b.nodes.slice(begun), node.outputs);
  });
  const constants = b.build(graph.name, []).initializers;
  return { ...graph, nodes, initializers: [...graph.initializers, ...constants] };
}

type Product = (x: Value, matrix: QuantisedMatrix) => Value;

/** The last node that one adds gives the operator's output. */
const lowerings: Readonly<Record<string, (b: GraphBuilder, node: Node, product: Product) => void>> = {
  [quantisedProductOperator]: (_b, node, product) => {
    product(given(node, 0), { elements: given(node, 1), scales: given(node, 2) });
  },
  [frozenLinearOperator]: (b, node, product) => {
    const [x, weight] = [given(node, 0), given(node, 1)];
    const [scales, bias] = [node.inputs[2] ?? null, node.inputs[3] ?? null];
    if (scales === null) {
      const transB = intAttribute(node, 'transB', 0) === 1;
      gemm(b, x, weight, bias === null ? { transB } : { transB, c: bias });
    } else {
      const y = product(x, { elements: weight, scales });
      if (bias !== null) add(b, y, bias);
    }
  },
};

function renameLast(nodes: readonly Node[], outputs: readonly Value[]): readonly Node[] {
  return nodes.map((node, index) => (index === nodes.length - 1 ? { ...node, outputs } : node));
}

function given(node: Node, index: number): Value {
  const value = node.inputs[index];
  if (value === null || value === undefined) throw new Error(`${node.name} lacks its input ${index}`);
  return value;
}
