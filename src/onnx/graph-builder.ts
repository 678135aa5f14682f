import type {
  Attribute,
  ConstantData,
  Domain,
  ElementType,
  ExternalData,
  Graph,
  Initializer,
  Node,
  Shape,
  Value,
} from './graph.ts';

export interface NodeRequest {
  readonly operator: string;
  readonly domain?: Domain;
  readonly inputs: readonly (Value | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly { readonly shape: Shape; readonly type?: ElementType }[];
  /** Prefix of the node's and its outputs' names. */
  readonly label?: string;
}

/** Collects nodes in an order in which they can run. The only mutable thing of this folder. */
export class GraphBuilder {
  readonly #inputs: Value[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Value>();
  readonly #prefix: string;
  #count = 0;

  /** @param prefix begins every generated name: subgraphs share one name space with what surrounds them. */
  constructor(prefix: string = '') {
    this.#prefix = prefix;
  }

  /** A builder that has a graph's inputs, weights and constants, and none of its nodes. */
  static over({ inputs, initializers }: Graph, prefix: string): GraphBuilder {
    const b = new GraphBuilder(prefix);
    b.#inputs.push(...inputs);
    b.#initializers.push(...initializers);
    return b;
  }

  /** A builder that goes on after a graph's last node. */
  static following(graph: Graph, prefix: string): GraphBuilder {
    const b = GraphBuilder.over(graph, prefix);
    b.#nodes.push(...graph.nodes);
    return b;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  input(name: string, type: ElementType, shape: Shape): Value {
    const value = { name, type, shape };
    this.#inputs.push(value);
    return value;
  }

  /** A named weight: read from its file when the session opens, or written into the graph. */
  weight(name: string, shape: Shape, data: ExternalData | ConstantData, type: ElementType = 'float'): Value {
    const value: Value = { name, type, shape };
    this.#initializers.push({ value, data });
    return value;
  }

  /** Equal constants are one. */
  floats(values: readonly number[], shape: Shape = values.length === 1 ? [] : [values.length]): Value {
    return this.#constant('float', Float32Array.from(values), shape, `f:${shape.join('x')}:${values.join(',')}`);
  }

  int64s(values: readonly number[], shape: Shape = [values.length]): Value {
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    return this.#constant('int64', data, shape, `i:${shape.join('x')}:${values.join(',')}`);
  }

  uint8s(values: readonly number[], shape: Shape = values.length === 1 ? [] : [values.length]): Value {
    return this.#constant('uint8', Uint8Array.from(values), shape, `u:${shape.join('x')}:${values.join(',')}`);
  }

  int8s(values: readonly number[], shape: Shape = values.length === 1 ? [] : [values.length]): Value {
    return this.#constant('int8', Int8Array.from(values), shape, `s:${shape.join('x')}:${values.join(',')}`);
  }

  /** The elements of an int64 constant of this builder. */
  integersOf(value: Value): readonly number[] {
    const data = this.#initializers.find((initializer) => initializer.value.name === value.name)?.data;
    if (!(data instanceof BigInt64Array)) throw new Error(`${value.name} is no int64 constant`);
    return Array.from(data, Number);
  }

  #constant(type: ElementType, data: ConstantData, shape: Shape, key: string): Value {
    const found = this.#constants.get(key);
    if (found !== undefined) return found;
    const value: Value = { name: `${this.#prefix}constant_${this.#constants.size}`, type, shape };
    this.#constants.set(key, value);
    this.#initializers.push({ value, data });
    return value;
  }

  add(request: NodeRequest): readonly Value[] {
    const name = `${this.#prefix}${request.label ?? request.operator}_${this.#count}`;
    this.#count += 1;
    const outputs = request.outputs.map(({ shape, type = 'float' }, index) => ({
      name: index === 0 ? `${name}_out` : `${name}_out${index}`,
      type,
      shape,
    }));
    const { operator, domain = '', inputs, attributes = {} } = request;
    this.#nodes.push({ operator, domain, name, inputs, outputs, attributes });
    return outputs;
  }

  /** A node as it stands in another graph, by its own names. */
  copy(node: Node): void {
    this.#nodes.push(node);
  }

  /** A node of one output. */
  one(request: NodeRequest): Value {
    const [output] = this.add(request);
    if (output === undefined) throw new Error(`${request.operator} was asked for no output`);
    return output;
  }

  build(name: string, outputs: readonly Value[]): Graph {
    return {
      name,
      inputs: [...this.#inputs],
      outputs: [...outputs],
      initializers: [...this.#initializers],
      nodes: [...this.#nodes],
    };
  }
}
