/** Element types that our graphs use, by ONNX's names. */
export type ElementType = 'float' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';

/** Whether values of the type are differentiable; all others are counts, positions and truth values. */
export function isFloating({ type }: Value): boolean {
  return type === 'float' || type === 'float16';
}

/** A size known when the graph is built, or the name of one known when it runs. */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** A tensor in a graph: an input, a weight, a constant, or a node's output. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'graph'; readonly value: Graph };

/** Standard operators, onnxruntime's, and our own, which a pass makes standard ones of before a graph is written. */
export type Domain = '' | 'com.microsoft' | 'dropsweep';

export interface Node {
  readonly operator: string;
  readonly domain: Domain;
  readonly name: string;
  /** null: an optional input that is not given. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Bytes of a weight inside a file that lies in the graph's folder. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Elements that are written into the graph itself. */
export type ConstantData = Float32Array | BigInt64Array | Uint8Array | Int8Array;

export interface Initializer {
  readonly value: Value;
  readonly data: ConstantData | ExternalData;
}

/** Immutable. Nodes stand in an order in which they can run. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly Node[];
}

export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });

export function intAttribute(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'int' ? attribute.value : otherwise;
}

export function floatAttribute(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'float' ? attribute.value : otherwise;
}
