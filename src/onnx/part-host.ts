import { checkGraph } from './check-graph.ts';
import { type Dimension, type Graph, int, isFloating, type Node, type Shape, type Value } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { keepNeeded } from './keep-needed.ts';
import { integers, sizeAt } from './run-time-sizes.ts';

/** What the CPU computes before a device's graph runs, and that graph, which reads it as inputs. */
export interface PartedGraph {
  /** Null: there is nothing for the host to do. */
  readonly host: Graph | null;
  readonly device: Graph;
}

/**
 * Parts a graph in two: what depends on nothing but the integers and truth values that it is given, and on sizes, goes
 * to the host; all the rest stays, and reads what it needs of the host's part as inputs of the same names. Sizes of
 * floating-point values are found from the integers that share them, so a device is asked for no arithmetic on sizes.
 * Requires a legal graph without branches; ensures that host, then device, give the same outputs.
 */
export function partHost(graph: Graph): PartedGraph {
  const sized = sizesFromIntegers(graph);
  const onHost = new Set(sized.inputs.filter((input) => !isFloating(input)).map(({ name }) => name));
  const constants = new Set(sized.initializers.flatMap(({ value, data }) => ('location' in data ? [] : [value.name])));
  const hostNodes: Node[] = [];
  const deviceNodes: Node[] = [];
  for (const node of sized.nodes) {
    const inputs = node.inputs.filter((input) => input !== null);
    const given = inputs.filter(({ name }) => !constants.has(name));
    // Of constants alone, integers are made for the host's use; floats stay where they are read.
    const integers = node.outputs.every((output) => !isFloating(output));
    const follows = (given.length > 0 || integers) && given.every(({ name }) => onHost.has(name));
    const plain = Object.values(node.attributes).every(({ kind }) => kind !== 'graph');
    if (follows && plain) for (const output of node.outputs) onHost.add(output.name);
    (follows && plain ? hostNodes : deviceNodes).push(node);
  }
  const made = new Map(hostNodes.flatMap(({ outputs }) => outputs).map((value) => [value.name, value]));
  const read = deviceNodes.flatMap((node) => [...node.inputs.filter((input) => input !== null), ...outerValues(node)]);
  const passed = new Map(
    [...read, ...sized.outputs].flatMap(({ name }) => {
      const value = made.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const used = new Set([...read, ...sized.outputs].map(({ name }) => name));
  const device = checkGraph(
    keepNeeded({
      ...sized,
      inputs: [...sized.inputs.filter(({ name }) => used.has(name)), ...passed.values()],
      nodes: deviceNodes,
    }),
  );
  if (passed.size === 0) return { host: null, device };
  const inputs = sized.inputs.filter((input) => !isFloating(input));
  const host = { ...sized, name: `${graph.name}_host`, inputs, outputs: [...passed.values()], nodes: hostNodes };
  return { host: checkGraph(keepNeeded(host)), device };
}

/** What a node's subgraphs may read from outside: all that they name. */
function outerValues(node: Node): Value[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    attribute.kind === 'graph'
      ? attribute.value.nodes.flatMap((inner) => [
          ...inner.inputs.filter((input) => input !== null),
          ...outerValues(inner),
        ])
      : [],
  );
}

/** Where a size can be read: along an axis of integers, or as the one element of some. */
type SizeHolder = { readonly value: Value; readonly axis: number } | { readonly element: Value };

/** A size as a product of numbers and of sizes that are held; its name tells it (`batch·tokens`). Null: unknown. */
function factorsOf(size: Dimension, holders: ReadonlyMap<string, SizeHolder>): readonly (number | SizeHolder)[] | null {
  if (typeof size === 'number') return [size];
  const factors = size.split('·').map((name) => (/^\d+$/.test(name) ? Number(name) : holders.get(name)));
  return factors.every((factor) => factor !== undefined) ? factors : null;
}

/** Shape and Size of floating-point values, rewritten over integers that have the same sizes, where there are such. */
function sizesFromIntegers(graph: Graph): Graph {
  const b = new GraphBuilder('size_');
  const holders = heldSizes(graph);
  const renamed = new Map<string, Value>();
  const nodes: Node[] = [];
  for (const old of graph.nodes) {
    const inputs = old.inputs.map((input) => (input === null ? null : (renamed.get(input.name) ?? input)));
    const node = { ...old, inputs };
    const [output] = node.outputs;
    const sizes = askedSizes(node)?.map((size) => factorsOf(size, holders)) ?? [null];
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
  const values = [...graph.inputs, ...graph.nodes.flatMap((node) => node.outputs)];
  for (const value of values) {
    if (!isFloating(value)) value.shape.forEach((size, axis) => hold(size, { value, axis }));
  }
  for (const node of graph.nodes) {
    const [output] = node.outputs;
    if (node.operator === 'Concat' && output !== undefined) concats.set(output.name, node);
    const parts = node.operator === 'Reshape' ? joinedParts(node.inputs[1] ?? null) : [];
    if (!parts.every((part) => part?.shape[0] === 1)) continue;
    parts.forEach((element, axis) => {
      if (element !== null && !constants.has(element.name)) hold(output?.shape[axis], { element });
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
