import type { NodeProto } from '../../onnx/generated/onnx_pb.ts';
import type { Dimension, ElementType, Shape, Value } from '../../onnx/graph.ts';
import type { EncoderContext } from '../encoder.ts';
import { attributesOf } from './attributes.ts';
import type { OnnxFile } from './read-onnx-file.ts';
import { unsupported } from './read-onnx-file.ts';
import type { Symbolic } from './symbolic.ts';

/** A matrix product with a weight: an adapter may be attached to it. */
export interface ImportedLinear {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weightLayout?: 'in_out';
}

/** One import of a file's nodes into a graph. Values are known by the file's own names. */
export class ImportContext {
  readonly encoder: EncoderContext;
  readonly model: OnnxFile;
  /** Linears by the name of their node's first output. */
  readonly linears: ReadonlyMap<string, ImportedLinear>;
  /** The head's linears among them whose weight lies transposed. */
  readonly headLinears: ReadonlyMap<string, ImportedLinear>;
  readonly #values: Map<string, Value>;
  readonly #known = new Map<string, Symbolic>();
  readonly #source: (name: string) => Value | null;
  readonly #scalars = new Map<string, number>();
  #unnamed = 0;

  /** @param source the value of an initializer, or null */
  constructor(
    encoder: EncoderContext,
    model: OnnxFile,
    { linears, headLinears }: Pick<ImportContext, 'linears' | 'headLinears'>,
    inputs: ReadonlyMap<string, Value>,
    source: (name: string) => Value | null,
  ) {
    this.encoder = encoder;
    this.model = model;
    this.linears = linears;
    this.headLinears = headLinears;
    this.#values = new Map(inputs);
    this.#source = source;
  }

  /** The value of a name of the file. */
  value(name: string): Value {
    const value = this.#values.get(name) ?? this.#source(name);
    if (value === null)
      throw unsupported(this.model.file, `the value ${JSON.stringify(name)} of no node`, 'a value by name');
    this.#values.set(name, value);
    return value;
  }

  /** The n-th input of a node; null: not given. */
  input(node: NodeProto, index: number): Value | null {
    const name = node.input[index] ?? '';
    return name === '' ? null : this.value(name);
  }

  need(node: NodeProto, index: number): Value {
    return this.input(node, index) ?? this.fail(node, `no input ${index}`, 'all inputs that the operator needs');
  }

  set(name: string, value: Value): void {
    if (name !== '') this.#values.set(name, value);
  }

  /** Notes what an integer tensor holds. */
  know(value: Value, symbolic: Symbolic | null): void {
    if (symbolic !== null) this.#known.set(value.name, symbolic);
  }

  known(value: Value | null): Symbolic | null {
    return value === null ? null : (this.#known.get(value.name) ?? null);
  }

  /** Notes the one element of a float constant. */
  knowScalar(value: Value, element: number): void {
    this.#scalars.set(value.name, element);
  }

  scalar(value: Value): number | null {
    return this.#scalars.get(value.name) ?? null;
  }

  /** The integers that an input is known to hold. */
  integers(node: NodeProto, index: number): readonly number[] | null {
    const entries = this.known(this.input(node, index))?.entries ?? null;
    return entries !== null && entries.every((entry) => typeof entry === 'number') ? entries : null;
  }

  /** A size that nothing is known of. */
  fresh(): Dimension {
    this.#unnamed += 1;
    return `size${this.#unnamed}`;
  }

  /** A node as it stands in the file, with what its result is like. */
  copy(node: NodeProto, inputs: readonly (Value | null)[], shape: Shape, type: ElementType): Value {
    const attributes = attributesOf(node);
    return this.encoder.b.one({ operator: node.opType, inputs, attributes, outputs: [{ shape, type }] });
  }

  fail(node: NodeProto, got: string, expected: string): never {
    throw unsupported(`${this.model.file}: ${node.opType} ${node.name}`, got, expected);
  }
}
