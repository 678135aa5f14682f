import { checkGraph } from '../check-graph.ts';
import { type Graph, isFloating, type Node, type Value } from '../graph.ts';
import { keepNeeded } from '../rewrites/keep-needed.ts';
import { sizesFromIntegers } from '../sizes/sizes-from-integers.ts';

/** The part that the CPU computes before a device's graph runs, and that graph, which reads its results as inputs. */
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

/** The values that a node's subgraphs may read from outside: all that they name. */
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
