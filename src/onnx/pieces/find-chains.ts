import type { Graph, Node, Shape, Value } from '../graph.ts';
import { sameShape } from '../sizes/shapes.ts';

/** Each element of their results depends on the elements at its own place alone. */
const elementwise = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'],
  ...['Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Tanh', 'Relu', 'Sigmoid', 'Reciprocal'],
]);

/** Over the last axis, each row of their results depends on its own row alone. */
const reductions = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax']);

/** Fewer passes over wide values are not worth the pieces. */
const leastNodes = 3;

/**
 * A chain's operand: of the chain's shape, one number for each row, or what every row shares (single numbers, vectors
 * of the columns).
 */
export type OperandKind = 'whole' | 'row' | 'shared';

/** Nodes of which only the last is read outside, and whose rows know nothing of one another. */
export interface Chain {
  /** In the graph's order, ending with `last`. */
  readonly nodes: readonly Node[];
  readonly last: Node;
  /** [rows …, columns] */
  readonly shape: Shape;
  /** Whether even the elements of a row know nothing of one another. */
  readonly isElementwise: boolean;
}

/** From each result backwards: producers whose every reader is in the chain. */
export function findChains(graph: Graph): readonly Chain[] {
  const madeBy = new Map(graph.nodes.flatMap((node) => node.outputs.map(({ name }) => [name, node] as const)));
  const readers = readersOf(graph);
  const taken = new Set<Node>();
  const chains: Chain[] = [];
  for (const last of graph.nodes.toReversed()) {
    const shape = last.outputs[0]?.shape ?? [];
    if (taken.has(last) || !mayBeCut(shape) || !isLink(last, shape)) continue;
    const members = new Set([last]);
    const grow = (node: Node): void => {
      for (const input of node.inputs) {
        const producer = madeBy.get(input?.name ?? '');
        if (producer === undefined || members.has(producer) || !isLink(producer, shape)) continue;
        const isInner = readers.get(input?.name ?? '')?.every((reader) => reader !== null && members.has(reader));
        if (isInner === true) members.add(producer);
      }
    };
    // A producer that several members read is taken once all of them are.
    for (let size = 0; size < members.size; ) {
      size = members.size;
      for (const member of [...members]) grow(member);
    }
    const wide = [...members].filter(({ outputs }) => outputs.every((output) => sameShape(output.shape, shape)));
    if (wide.length < leastNodes) continue;
    const nodes = graph.nodes.filter((node) => members.has(node));
    for (const node of nodes) taken.add(node);
    const kinds = nodes.flatMap(({ inputs }) => inputs.map((input) => operandKind(input, shape)));
    const reduces = nodes.some(({ operator }) => reductions.has(operator));
    const vectors = nodes.some(({ inputs }) => inputs.some((input) => input?.shape.length === 1));
    chains.push({ nodes, last, shape, isElementwise: !reduces && !vectors && !kinds.includes('row') });
  }
  return chains;
}

/** null: rows of a chain of this shape cannot be cut with such an operand. */
export function operandKind(value: Value | null, shape: Shape): OperandKind | null {
  if (value === null) return null;
  if (sameShape(value.shape, shape)) return 'whole';
  if (value.shape.length === 0 || (value.shape.length === 1 && value.shape[0] === shape.at(-1))) return 'shared';
  return sameShape(value.shape, [...shape.slice(0, -1), 1]) ? 'row' : null;
}

/**
 * A row for each sample is no more than a piece, nor is what has no named size: an adapter's matrix. With one named size
 * the result can be given its shape by a constant: onnxruntime 1.30 fails to open a graph in which a Reshape to a
 * computed shape is followed by another Reshape.
 */
function mayBeCut(shape: Shape): boolean {
  const named = shape.filter((size) => typeof size === 'string');
  const [columns, rows] = [shape.at(-1), shape.at(-2)];
  return typeof columns === 'number' && columns !== 1 && rows !== undefined && rows !== 'batch' && named.length === 1;
}

function isLink(node: Node, shape: Shape): boolean {
  const [output] = node.outputs;
  if (output === undefined || output.type !== 'float' || !['whole', 'row'].includes(operandKind(output, shape) ?? ''))
    return false;
  const [x, ...others] = node.inputs;
  if (reductions.has(node.operator)) {
    // Its axes are a constant; a result of one number a row is a reduction over the columns alone.
    return operandKind(x ?? null, shape) === 'whole' && operandKind(output, shape) === 'row' && others.length === 1;
  }
  return elementwise.has(node.operator) && node.inputs.every((input) => operandKind(input, shape) !== null);
}

/** Whoever reads each value: nodes, and null for the graph's outputs and for graphs inside it. */
function readersOf(graph: Graph): ReadonlyMap<string, readonly (Node | null)[]> {
  const readers = new Map<string, (Node | null)[]>();
  const note = (name: string, reader: Node | null) => {
    const known = readers.get(name);
    if (known === undefined) readers.set(name, [reader]);
    else known.push(reader);
  };
  const noteGraph = (inner: Graph, isOwn: boolean): void => {
    for (const node of inner.nodes) {
      for (const input of node.inputs) if (input !== null) note(input.name, isOwn ? node : null);
      for (const value of Object.values(node.attributes)) if (value.kind === 'graph') noteGraph(value.value, false);
    }
    for (const output of inner.outputs) note(output.name, null);
  };
  noteGraph(graph, true);
  return readers;
}
