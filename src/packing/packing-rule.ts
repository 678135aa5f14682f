import type { Attribute, Graph, Node, Shape, Value } from '../onnx/graph.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { concat, reshape } from '../onnx/operators.ts';
import { shapeOf } from '../onnx/sizes/run-time-sizes.ts';

/** A value of the packed graph. */
export interface Packed {
  /** Of shape [pack, …what it was] where packed, else as it was. */
  readonly value: Value;
  /** False: all members share it. */
  readonly packed: boolean;
}

export interface PackingContext {
  readonly b: GraphBuilder;
  /** The node as it stands in the graph for one member. */
  readonly node: Node;
  /** Members of the pack. */
  readonly pack: number;
  /** The node's inputs as they have become; null: an optional input that is not given. At least one is packed. */
  readonly inputs: readonly (Packed | null)[];
  /** A graph inside the node, for the pack: packGraph. */
  readonly packBody: (body: Graph, differing: ReadonlySet<string>, pack: number) => Graph;
}

/** The node's outputs as they become, in their order. */
export type PackingRule = (context: PackingContext) => readonly Packed[];

/** The n-th input, which the operator cannot do without. */
export function inputOf({ node, inputs }: PackingContext, index: number): Packed {
  const input = inputs[index];
  if (input === null || input === undefined) throw new Error(`${node.name} lacks its input ${index}`);
  return input;
}

/** The node's operator on other inputs; every output packed. */
export function again(
  { b, node, pack }: PackingContext,
  inputs: readonly (Value | null)[],
  attributes: Readonly<Record<string, Attribute>> = node.attributes,
): readonly Packed[] {
  const { operator, domain } = node;
  const outputs = node.outputs.map(({ shape, type }) => ({ shape: [pack, ...shape], type }));
  return b.add({ operator, domain, inputs, attributes, outputs }).map((value) => ({ value, packed: true }));
}

/** Axes without the pack axis. */
export function rankOf({ value, packed }: Packed): number {
  return value.shape.length - Number(packed);
}

/**
 * The value as an operand that is broadcast to `rank` axes besides the pack axis: axes of size 1 are put between the
 * pack axis and its own, where a shared value would get them in front.
 */
export function broadcastable(context: PackingContext, input: Packed, rank: number): Value {
  const { value, packed } = input;
  const missing = rank - rankOf(input);
  if (!packed || missing === 0) return value;
  const [pack = context.pack, ...own] = value.shape;
  const ones = Array.from({ length: missing }, () => 1);
  return context.b.one({
    operator: 'Unsqueeze',
    inputs: [value, context.b.int64s(ones.map((_, index) => index + 1))],
    outputs: [{ shape: [pack, ...ones, ...own], type: value.type }],
  });
}

/** The value with the pack axis, a copy for each member where it was shared. */
export function spread({ b, pack }: Pick<PackingContext, 'b' | 'pack'>, { value, packed }: Packed): Value {
  if (packed) return value;
  const shape: Shape = [pack, ...value.shape];
  const target = withPack({ b, pack }, shapeOf(b, value));
  return b.one({ operator: 'Expand', inputs: [value, target], outputs: [{ shape, type: value.type }] });
}

/** [pack, …sizes]. @param sizes int64 vector */
export function withPack({ b, pack }: Pick<PackingContext, 'b' | 'pack'>, sizes: Value): Value {
  return concat(b, [b.int64s([pack]), sizes], 0);
}

/** Reshape to [pack, …shape]. @param target int64: the sizes, with −1 where one is to be found */
export function toPacked({ b, pack }: PackingContext, x: Value, shape: Shape, target: readonly number[]): Packed {
  return { value: reshape(b, x, [pack, ...shape], b.int64s([pack, ...target])), packed: true };
}

/** An axis as it is counted beside the pack axis. */
export const shifted = (axis: number): number => (axis < 0 ? axis : axis + 1);
