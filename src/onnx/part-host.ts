import { checkGraph } from './check-graph.ts';
import { type Dimension, type Graph, int, type Node, type Value } from './graph.ts';
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
  const onHost = new Set(sized.inputs.filter(({ type }) => type !== 'float').map(({ name }) => name));
  const constants = new Set(sized.initializers.flatMap(({ value, data }) => ('location' in data ? [] : [value.name])));
  const hostNodes: Node[] = [];
  const deviceNodes: Node[] = [];
  for (const node of sized.nodes) {
    const inputs = node.inputs.filter((input) => input !== null);
    const given = inputs.filter(({ name }) => !constants.has(name));
    const follows = given.length > 0 && given.every(({ name }) => onHost.has(name));
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
  const inputs = sized.inputs.filter(({ type }) => type !== 'float');
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

interface SizeHolder {
  readonly value: Value;
  readonly axis: number;
}

/** A size as a product of numbers and of axes of integers; its name tells it (`batch·tokens`). Null: unknown. */
function factorsOf(size: Dimension, holders: ReadonlyMap<string, SizeHolder>): readonly (number | SizeHolder)[] | null {
  if (typeof size === 'number') return [size];
  const factors = size.split('·').map((name) => (/^\d+$/.test(name) ? Number(name) : holders.get(name)));
  return factors.every((factor) => factor !== undefined) ? factors : null;
}

/** Shape and Size of floating-point values, rewritten over integers that have the same sizes, where there are such. */
function sizesFromIntegers(graph: Graph): Graph {
  const b = new GraphBuilder('size_');
  const holders = new Map<string, SizeHolder>();
  const hold = (value: Value) => {
    if (value.type === 'float') return;
    value.shape.forEach((size, axis) => {
      if (typeof size === 'string' && !holders.has(size)) holders.set(size, { value, axis });
    });
  };
  graph.inputs.forEach(hold);
  const renamed = new Map<string, Value>();
  const nodes: Node[] = [];
  for (const old of graph.nodes) {
    const node = { ...old, inputs: old.inputs.map((input) => (input === null ? null : (renamed.get(input.name) ?? input))) };
    const [x] = node.inputs;
    const [output] = node.outputs;
    const asks = (node.operator === 'Shape' || node.operator === 'Size') && Object.keys(node.attributes).length === 0;
    const sizes = x?.type === 'float' ? x.shape.map((size) => factorsOf(size, holders)) : [null];
    if (!asks || output === undefined || !sizes.every((factors) => factors !== null)) {
      nodes.push(node);
      node.outputs.forEach(hold);
      continue;
    }
    const before = b.nodes.length;
    const values = sizes.map((factors) =>
      factors
        .map((factor) => (typeof factor === 'number' ? b.int64s([factor]) : sizeAt(b, factor.value, factor.axis)))
        .reduce((all, factor) => integers(b, 'Mul', all, factor)),
    );
    const value = node.operator === 'Shape' ? joined(b, values) : product(b, values);
    nodes.push(...b.nodes.slice(before));
    renamed.set(output.name, value);
  }
  const outputs = graph.outputs.map((output) => renamed.get(output.name) ?? output);
  return { ...graph, outputs, nodes, initializers: [...graph.initializers, ...b.build('', []).initializers] };
}

function joined(b: GraphBuilder, sizes: readonly Value[]): Value {
  const shape = [sizes.length];
  return b.one({ operator: 'Concat', inputs: sizes, attributes: { axis: int(0) }, outputs: [{ shape, type: 'int64' }] });
}

/** int64 [] */
function product(b: GraphBuilder, sizes: readonly Value[]): Value {
  const all = sizes.reduce((sum, size) => integers(b, 'Mul', sum, size), b.int64s([1]));
  return b.one({ operator: 'Squeeze', inputs: [all], outputs: [{ shape: [], type: 'int64' }] });
}
