import { type Dimension, type Graph, int, isFloating, type Node, type Shape, type Value } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { integers, sizeAt } from './run-time-sizes.ts';

/**
 * As sizesFromIntegers, where a value is asked for its sizes after all other readers: gradients ask so, and the value
 * would be kept until then for nothing else. Requires a legal graph; ensures the same outputs.
 */
export function sizesOfEndedValues(graph: Graph): Graph {
  const lastRead = new Map<string, number>();
  graph.nodes.forEach(({ operator, inputs }, index) => {
    for (const input of inputs) if (input !== null && !asking.has(operator)) lastRead.set(input.name, index);
  });
  for (const output of graph.outputs) lastRead.set(output.name, graph.nodes.length);
  const places = new Map(graph.nodes.map((node, index) => [node, index] as const));
  return sizesFromIntegers(
    graph,
    (node) => (lastRead.get(node.inputs[0]?.name ?? '') ?? -1) < (places.get(node) ?? -1),
  );
}

const asking = new Set(['Shape', 'Size']);

/** Where a size can be read: along an axis of integers, or as the one element of some; from which node on. */
type SizeHolder = { readonly from: number } & (
  | { readonly value: Value; readonly axis: number }
  | { readonly element: Value }
);

/**
 * A size as a product of numbers and of sizes that are held; its name tells it (`batch·tokens`). Null: unknown.
 * @param at the index of the node that reads them
 */
function factorsOf(
  size: Dimension,
  holders: ReadonlyMap<string, SizeHolder>,
  at: number,
): readonly (number | SizeHolder)[] | null {
  if (typeof size === 'number') return [size];
  const factors = size.split('·').map((name) => (/^\d+$/.test(name) ? Number(name) : (holders.get(name) ?? null)));
  const isKnown = (factor: number | SizeHolder | null) =>
    typeof factor === 'number' || (factor !== null && factor.from < at);
  return factors.every((factor) => factor !== null) && factors.every(isKnown) ? factors : null;
}

/**
 * Shape and Size of floating-point values, rewritten over integers that have the same sizes, where there are such.
 * Requires a legal graph; ensures the same outputs.
 * @param chosen which of these nodes; default: all
 */
export function sizesFromIntegers(graph: Graph, chosen: (node: Node) => boolean = () => true): Graph {
  const b = new GraphBuilder(`${graph.name}_size_`);
  const holders = heldSizes(graph);
  const renamed = new Map<string, Value>();
  const nodes: Node[] = [];
  for (const [index, old] of graph.nodes.entries()) {
    const inputs = old.inputs.map((input) => (input === null ? null : (renamed.get(input.name) ?? input)));
    const node = { ...old, inputs };
    const [output] = node.outputs;
    const sizes = (chosen(old) ? askedSizes(node) : null)?.map((size) => factorsOf(size, holders, index)) ?? [null];
    if (output === undefined || !sizes.every((factors) => factors !== null)) {
      nodes.push(node);
      continue;
    }
    const before = b.nodes.length;
    const values = sizes.map((factors) =>
      factors.map((factor) => sizeValue(b, factor)).reduce((all, factor) => integers(b, 'Mul', all, factor)),
    );
    const value = node.operator === 'Shape' ? joined(b, values) : product(b, values);
    nodes.push(...b.nodes.slice(before));
    renamed.set(output.name, value);
  }
  const outputs = graph.outputs.map((output) => renamed.get(output.name) ?? output);
  return { ...graph, outputs, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

/** The sizes of a floating-point value that a Shape, from some axis on, or a Size asks for; null: the node asks for none. */
function askedSizes({ operator, inputs, attributes }: Node): Shape | null {
  const [x] = inputs;
  if (x === null || x === undefined || !isFloating(x)) return null;
  const { start, ...others } = attributes;
  if (Object.keys(others).length > 0) return null;
  if (operator === 'Size') return x.shape;
  return operator === 'Shape' ? x.shape.slice(start?.kind === 'int' ? start.value : 0) : null;
}

/** The named sizes of integers, and those that integers gave to a Reshape. */
function heldSizes(graph: Graph): ReadonlyMap<string, SizeHolder> {
  const holders = new Map<string, SizeHolder>();
  const hold = (name: Dimension | undefined, holder: SizeHolder) => {
    if (typeof name === 'string' && !holders.has(name)) holders.set(name, holder);
  };
  const concats = new Map<string, Node>();
  // A pack's sizes are joined to those that were joined before.
  const joinedParts = (target: Value | null): readonly (Value | null)[] =>
    concats.get(target?.name ?? '')?.inputs.flatMap((part) => (part?.shape[0] === 1 ? [part] : joinedParts(part))) ?? [
      target,
    ];
  const constants = new Set(graph.initializers.map(({ value }) => value.name));
  const madeAt = new Map(
    graph.nodes.flatMap(({ outputs }, index) => outputs.map(({ name }) => [name, index] as const)),
  );
  const from = ({ name }: Value) => madeAt.get(name) ?? -1;
  // What is given comes first, to a branch by the graph around it.
  const read = graph.nodes.flatMap(({ inputs }) => inputs.filter((input) => input !== null));
  const given = [...graph.inputs, ...read.filter(({ name }) => !madeAt.has(name))];
  for (const value of [...given, ...graph.nodes.flatMap((node) => node.outputs)]) {
    if (!isFloating(value)) value.shape.forEach((size, axis) => hold(size, { value, axis, from: from(value) }));
  }
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.operator === 'Concat' && output !== undefined) concats.set(output.name, node);
    const parts = node.operator === 'Reshape' ? joinedParts(node.inputs[1] ?? null) : [];
    if (!parts.every((part) => part?.shape[0] === 1)) continue;
    parts.forEach((element, axis) => {
      if (element !== null && !constants.has(element.name)) hold(output?.shape[axis], { element, from: from(element) });
    });
  }
  return holders;
}

/** int64 [1] */
function sizeValue(b: GraphBuilder, factor: number | SizeHolder): Value {
  if (typeof factor === 'number') return b.int64s([factor]);
  return 'element' in factor ? factor.element : sizeAt(b, factor.value, factor.axis);
}

function joined(b: GraphBuilder, sizes: readonly Value[]): Value {
  const shape = [sizes.length];
  return b.one({
    operator: 'Concat',
    inputs: sizes,
    attributes: { axis: int(0) },
    outputs: [{ shape, type: 'int64' }],
  });
}

/** int64 [] */
function product(b: GraphBuilder, sizes: readonly Value[]): Value {
  const all = sizes.reduce((sum, size) => integers(b, 'Mul', sum, size), b.int64s([1]));
  return b.one({ operator: 'Squeeze', inputs: [all], outputs: [{ shape: [], type: 'int64' }] });
}
