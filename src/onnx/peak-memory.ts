import type { Dimension, ElementType, Graph, Node, Value } from './graph.ts';

const bytesOf: Readonly<Record<ElementType, number>> = { float: 4, int64: 8, int32: 4, bool: 1 };

/** Their result is their input, seen otherwise. */
const views = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Flatten']);

/** Their result may take the place of an input that nobody reads afterwards, as onnxruntime does it. */
const inPlace = new Set(
  [
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Neg',
    'Exp',
    'Log',
    'Sqrt',
    'Erf',
    'Tanh',
    'Relu',
    'Sigmoid',
    'Softmax',
    'LogSoftmax',
  ].concat(['Reciprocal', 'Where', 'Cast']),
);

/** Sizes that a graph's names stand for when it runs. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * The most bytes that values between a graph's nodes take at once when its nodes run in their order, each value freed
 * after its last reader: inputs and outputs included, initializers left out. Requires a legal graph without branches.
 * @param given the graph's named sizes; products (`batch·tokens`) and sums of them are known by their names, others by
 * the reshapes that make them
 */
export function peakBytes(graph: Graph, given: Sizes): number {
  const sizes = new SizeTable(given);
  const bytes = (value: Value) => sizes.elements(value) * bytesOf[value.type];
  const stays = new Set(graph.outputs.map(({ name }) => name));
  const remaining = countReaders(graph);
  /** The block that a value lies in, and how many readers the block still has. */
  const blockOf = new Map<string, { bytes: number; readers: number }>();
  let held = graph.inputs.reduce((sum, input) => sum + bytes(input), 0);
  let most = held;
  for (const node of graph.nodes) {
    sizes.learn(node);
    let spare: { bytes: number; readers: number } | null = null;
    const ending: { bytes: number; readers: number }[] = [];
    for (const input of node.inputs) {
      const block = input === null ? undefined : blockOf.get(input.name);
      if (block === undefined) continue;
      block.readers -= 1;
      if (block.readers === 0) ending.push(block);
    }
    const [x] = node.inputs;
    const source = x === null || x === undefined ? undefined : blockOf.get(x.name);
    for (const output of node.outputs) {
      const readers = (remaining.get(output.name) ?? 0) + (stays.has(output.name) ? 1 : 0);
      if (views.has(node.operator) && source !== undefined) {
        source.readers += readers;
        blockOf.set(output.name, source);
        continue;
      }
      const size = bytes(output);
      spare = inPlace.has(node.operator)
        ? (ending.find((block) => block.readers === 0 && block.bytes === size) ?? null)
        : null;
      if (spare !== null) {
        spare.readers = readers;
        blockOf.set(output.name, spare);
        continue;
      }
      blockOf.set(output.name, { bytes: size, readers });
      held += size;
    }
    most = Math.max(most, held + innerBytes(node, given));
    const own = node.outputs.flatMap(({ name }) => blockOf.get(name) ?? []);
    for (const block of new Set([...ending, ...own])) if (block.readers === 0) held -= block.bytes;
  }
  return most;
}

/** What a node's own graphs hold while they run. */
function innerBytes(node: Node, given: Sizes): number {
  return Object.values(node.attributes).reduce(
    (sum, attribute) => sum + (attribute.kind === 'graph' ? peakBytes(attribute.value, given) : 0),
    0,
  );
}

function countReaders(graph: Graph): Map<string, number> {
  const readers = new Map<string, number>();
  for (const node of graph.nodes)
    for (const input of node.inputs) if (input !== null) readers.set(input.name, (readers.get(input.name) ?? 0) + 1);
  return readers;
}

class SizeTable {
  readonly #sizes: Map<string, number>;

  constructor(given: Sizes) {
    this.#sizes = new Map(Object.entries(given));
  }

  elements({ shape }: Value): number {
    return shape.reduce<number>((product, size) => product * (this.#size(size) ?? 1), 1);
  }

  /** A Reshape tells the one size of its result that is not known yet; a Slice keeps at most what it is given. */
  learn({ operator, inputs, outputs }: Node): void {
    const [x] = inputs;
    const [y] = outputs;
    if (x === null || x === undefined || y === undefined) return;
    const unknown = y.shape.filter((size) => typeof size === 'string' && this.#size(size) === null);
    const [name] = unknown;
    if (typeof name !== 'string' || unknown.length !== 1) return;
    const axis = y.shape.indexOf(name);
    const size = operator === 'Reshape' ? this.elements(x) / this.elements(y) : (this.#size(x.shape[axis] ?? 1) ?? 1);
    const factors = name.split('·');
    const unknownFactor = factors.filter((factor) => this.#size(factor) === null);
    const known = factors.reduce((product, factor) => product * (this.#size(factor) ?? 1), 1);
    this.#sizes.set(unknownFactor.length === 1 ? (unknownFactor[0] ?? name) : name, Math.max(1, size / known));
  }

  #size(size: Dimension): number | null {
    if (typeof size === 'number') return size;
    const known = this.#sizes.get(size);
    if (known !== undefined) return known;
    for (const [sign, combine] of combinations) {
      const parts = size.split(sign);
      if (parts.length < 2) continue;
      const values = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : this.#size(part)));
      return values.every((value) => value !== null) ? values.reduce(combine) : null;
    }
    return null;
  }
}

const combinations: readonly (readonly [string, (left: number, right: number) => number])[] = [
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['·', (left, right) => left * right],
];
