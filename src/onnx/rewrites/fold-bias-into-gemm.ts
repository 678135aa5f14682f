import { countReaders } from '../count-readers.ts';
import { type Graph, intAttribute, type Node, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { concat, reshape } from '../operators.ts';
import { frozenLinearOperator } from './quantised-linear.ts';
import { sizeAt } from '../sizes/run-time-sizes.ts';
import { dimension } from '../sizes/shapes.ts';

/** A product of more inner elements is no cheap place for a bias. */
const mostInner = 128;

/** Which input of a product is its bias. */
const biasInput: Readonly<Record<string, number>> = { Gemm: 2, [frozenLinearOperator]: 3 };

/**
 * h·B + (x·W + bias) → [h, 1]·[B, bias] + x·W for a short inner size of h·B, such as an adapter's rank: onnxruntime
 * writes a bias to every row of a result before it multiplies, by one thread. Requires a legal graph; ensures the same
 * outputs up to the order of three addends.
 */
export function foldBiasIntoGemm(graph: Graph): Graph {
  const madeBy = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const readers = countReaders(graph);
  const b = new GraphBuilder(`${graph.name}_bias_`);
  const ones = new Map<unknown, Value>();
  const without = new Map<Node, Node>();
  const rewritten = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes) {
    const [h, factor, sum] = node.inputs;
    const linear = madeBy.get(sum?.name ?? '');
    const at = biasInput[linear?.operator ?? ''] ?? -1;
    const bias = linear?.inputs[at];
    if (!isShortProduct(node) || h === null || h === undefined || factor === null || factor === undefined) continue;
    if (linear === undefined || bias === null || bias === undefined || bias.shape.length !== 1 || bias.type !== 'float')
      continue;
    if (readers.get(sum?.name ?? '') !== 1 || !hasStaticColumns(linear)) continue;
    const begun = b.nodes.length;
    const rows = dimension(h.shape, 0);
    const one = ones.get(rows) ?? onesOf(b, h);
    ones.set(rows, one);
    const transB = intAttribute(node, 'transB', 0) === 1;
    const width = dimension(bias.shape, 0);
    const row = reshape(b, bias, transB ? [width, 1] : [1, width]);
    const inputs = [concat(b, [h, one], 1), concat(b, [factor, row], transB ? 1 : 0), sum ?? null];
    rewritten.set(node, [...b.nodes.slice(begun), { ...node, inputs }]);
    without.set(linear, { ...linear, inputs: withoutBias(linear, at) });
  }
  const nodes = graph.nodes.flatMap((node) => rewritten.get(node) ?? [without.get(node) ?? node]);
  return { ...graph, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

/** A Gemm's addend is its last input, a frozen linear's bias is followed by others. */
function withoutBias({ operator, inputs }: Node, at: number): Node['inputs'] {
  return operator === 'Gemm' ? inputs.slice(0, at) : inputs.map((input, index) => (index === at ? null : input));
}

function isShortProduct({ operator, inputs, attributes }: Node): boolean {
  const inner = inputs[0]?.shape[1];
  const alpha = attributes['alpha'];
  const plain = alpha === undefined || (alpha.kind === 'float' && alpha.value === 1);
  const transA = attributes['transA'];
  const asItLies = transA === undefined || (transA.kind === 'int' && transA.value === 0);
  return operator === 'Gemm' && typeof inner === 'number' && inner <= mostInner && plain && asItLies;
}

function hasStaticColumns({ outputs }: Node): boolean {
  return typeof outputs[0]?.shape[1] === 'number';
}

/** [rows of h, 1] */
function onesOf(b: GraphBuilder, h: Value): Value {
  const target = concat(b, [sizeAt(b, h, 0), b.int64s([1])], 0);
  return b.one({
    operator: 'Expand',
    inputs: [b.floats([1], [1, 1]), target],
    outputs: [{ shape: [dimension(h.shape, 0), 1] }],
  });
}
