import { countReaders } from '../count-readers.ts';
import type { ElementType, Graph, Node, Value } from '../graph.ts';
import { type Sizes, SizeTable } from './size-table.ts';

const bytesOf: Readonly<Record<ElementType, number>> = {
  float: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/** Their result is their input, seen otherwise. */
const views = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Flatten']);

/** Their result may take the place of an input that nobody reads afterwards, as onnxruntime does it; a softmax's does not. */
const inPlace = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Where', 'Cast'],
  ...['Erf', 'Tanh', 'Relu', 'Sigmoid'],
]);

/**
 * The most bytes that values between a graph's nodes take at once when its nodes run in their order, each value freed
 * after its last reader: inputs and outputs included, initializers left out. Requires a legal graph without branches.
 * @param given the graph's named sizes; products (`batch·tokens`) and sums of them are known by their names, others by
 * the reshapes that make them
 */
export function peakBytes(graph: Graph, given: Sizes): number {
  const sizes = new SizeTable(given);
  const blocks = new Blocks(graph, sizes);
  let most = blocks.held;
  for (const node of graph.nodes) {
    sizes.learn(node);
    const ended = blocks.read(node);
    const made = node.outputs.flatMap((output) => blocks.make(node, output, ended));
    most = Math.max(most, blocks.held + innerBytes(node, sizes.known));
    blocks.free([...ended, ...made]);
  }
  return most;
}

/** Bytes that a node's own graphs hold while they run. */
function innerBytes(node: Node, sizes: Sizes): number {
  return Object.values(node.attributes).reduce(
    (sum, attribute) => sum + (attribute.kind === 'graph' ? peakBytes(attribute.value, sizes) : 0),
    0,
  );
}

/** Memory that one value or several, one after another or as views of the first, lie in. */
interface Block {
  readonly bytes: number;
  /** Nodes that will still read it. */
  readers: number;
}

class Blocks {
  readonly #sizes: SizeTable;
  readonly #readers: ReadonlyMap<string, number>;
  readonly #blockOf = new Map<string, Block>();
  held = 0;

  constructor(graph: Graph, sizes: SizeTable) {
    this.#sizes = sizes;
    this.#readers = countReaders(graph);
    // What was fed stays where it is.
    for (const input of graph.inputs) this.#place(input, Number.POSITIVE_INFINITY);
  }

  /** @returns the blocks that nobody reads after this node, unless it places its result there */
  read(node: Node): readonly Block[] {
    const read = node.inputs.flatMap((input) => this.#blockOf.get(input?.name ?? '') ?? []);
    for (const block of read) block.readers -= 1;
    return [...new Set(read)].filter((block) => block.readers === 0);
  }

  make({ operator, inputs }: Node, output: Value, ended: readonly Block[]): Block {
    const readers = this.#readers.get(output.name) ?? 0;
    const source = this.#blockOf.get(inputs[0]?.name ?? '');
    const place = inPlace.has(operator)
      ? ended.find((block) => block.readers === 0 && block.bytes === this.#bytes(output))
      : undefined;
    const block = views.has(operator) ? source : place;
    if (block === undefined) return this.#place(output, readers);
    block.readers += readers;
    this.#blockOf.set(output.name, block);
    return block;
  }

  free(blocks: readonly Block[]): void {
    for (const block of new Set(blocks)) if (block.readers === 0) this.held -= block.bytes;
  }

  #place(value: Value, readers: number): Block {
    const block = { bytes: this.#bytes(value), readers };
    this.#blockOf.set(value.name, block);
    this.held += block.bytes;
    return block;
  }

  #bytes(value: Value): number {
    return this.#sizes.elements(value) * bytesOf[value.type];
  }
}
