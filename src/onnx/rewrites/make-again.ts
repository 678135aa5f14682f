import { type Graph, isFloating, type Node, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';

/** Cheap to make, whatever is read: one pass over the elements. */
const cheap = new Set(['Gelu', 'FastGelu', 'Relu', 'Tanh', 'Sigmoid', 'Mul']);

/** Values of fewer columns take little memory beside a base's weights. */
const leastColumns = 2048;

/**
 * Wide values that the forward pass has made, such as a feed-forward layer's after its activation, are made again for
 * the backward pass, instead of being kept until then, where what they are made of is kept anyway. They stand before
 * what their reader reads besides: onnxruntime runs what a node's latest input needs first, and would else make them
 * early. Requires a legal graph; ensures the same outputs, bit for bit.
 * @param back the index of the backward pass' first node
 */
export function makeWideAgain(graph: Graph, back: number): Graph {
  const { nodes } = graph;
  const madeAt = new Map(nodes.flatMap(({ outputs }, index) => outputs.map(({ name }) => [name, index] as const)));
  const readAt = readersOf(nodes);
  const b = new GraphBuilder(`${graph.name}_again_`);
  const before = new Map<number, readonly Node[]>();
  /** A constant, or what somebody reads at that node or later. */
  const isKeptPast = (input: Value | null, index: number) =>
    input === null || !madeAt.has(input.name) || (readAt.get(input.name)?.at(-1) ?? -1) >= index;
  const again = new Map<string, Value>();
  /** What a node that is made again reads is kept for it, and not made again itself. */
  const kept = new Set<string>();
  for (const node of nodes.slice(0, back).toReversed()) {
    const [value] = node.outputs;
    if (value === undefined || !isWide(value) || !cheap.has(node.operator) || kept.has(value.name)) continue;
    const readers = readAt.get(value.name) ?? [];
    const late = readers.find((index) => index >= back);
    if (late === undefined || late === readers[0] || !node.inputs.every((input) => isKeptPast(input, late))) continue;
    const begun = b.nodes.length;
    again.set(value.name, makeAgain(b, node));
    for (const input of node.inputs) kept.add(input?.name ?? '');
    const others = nodes[late]?.inputs.flatMap((input) => madeAt.get(input?.name ?? '') ?? []) ?? [];
    const at = Math.max(back, ...others);
    before.set(at, [...(before.get(at) ?? []), ...b.nodes.slice(begun)]);
  }
  if (again.size === 0) return graph;
  const renamed = (node: Node, index: number): Node =>
    index < back ? node : { ...node, inputs: node.inputs.map((input) => again.get(input?.name ?? '') ?? input) };
  return {
    ...graph,
    nodes: nodes.flatMap((node, index) => [...(before.get(index) ?? []), renamed(node, index)]),
    initializers: [...graph.initializers, ...b.build('', []).initializers],
  };
}

/** Rows known when it runs, and many columns. */
function isWide(value: Value): boolean {
  const columns = value.shape.at(-1);
  return (
    isFloating(value) && typeof value.shape[0] === 'string' && typeof columns === 'number' && columns >= leastColumns
  );
}

/** Where each value is read, in the graph's order. */
function readersOf(nodes: readonly Node[]): ReadonlyMap<string, readonly number[]> {
  const readers = new Map<string, number[]>();
  nodes.forEach(({ inputs }, index) => {
    for (const input of inputs)
      if (input !== null) readers.set(input.name, [...(readers.get(input.name) ?? []), index]);
  });
  return readers;
}

/** Of views of the inputs: onnxruntime would find equal nodes to be one, and keep what it gives. */
function makeAgain(b: GraphBuilder, node: Node): Value {
  const axis = b.int64s([0]);
  const view = (input: Value): Value =>
    b.one({
      operator: 'Unsqueeze',
      inputs: [input, axis],
      outputs: [{ shape: [1, ...input.shape], type: input.type }],
    });
  const outputs = node.outputs.map(({ shape, type }) => ({ shape: [1, ...shape], type }));
  const made = b.one({ ...node, inputs: node.inputs.map((input) => (input === null ? null : view(input))), outputs });
  return b.one({
    operator: 'Squeeze',
    inputs: [made, axis],
    outputs: [{ shape: made.shape.slice(1), type: made.type }],
  });
}
