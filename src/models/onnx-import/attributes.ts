import {
  type AttributeProto,
  AttributeProto_AttributeType,
  type NodeProto,
  type TensorProto,
} from '../../onnx/generated/onnx_pb.ts';
import type { Attribute } from '../../onnx/graph.ts';

/** Those that a node of ours can have: numbers, lists of whole numbers and texts. */
export function attributesOf(node: NodeProto): Readonly<Record<string, Attribute>> {
  const { INT, INTS, FLOAT, STRING } = AttributeProto_AttributeType;
  const attributes: Record<string, Attribute> = {};
  for (const { name, type, i, ints, f, s } of node.attribute) {
    if (type === INT) attributes[name] = { kind: 'int', value: Number(i) };
    if (type === INTS) attributes[name] = { kind: 'ints', value: ints.map(Number) };
    if (type === FLOAT) attributes[name] = { kind: 'float', value: f };
    if (type === STRING) attributes[name] = { kind: 'string', value: new TextDecoder().decode(s) };
  }
  return attributes;
}

function find(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

export function intOf(node: NodeProto, name: string, otherwise: number): number {
  const found = find(node, name);
  return found === undefined ? otherwise : Number(found.i);
}

export function floatOf(node: NodeProto, name: string, otherwise: number): number {
  return find(node, name)?.f ?? otherwise;
}

export function intsOf(node: NodeProto, name: string): readonly number[] | null {
  return find(node, name)?.ints.map(Number) ?? null;
}

export function textOf(node: NodeProto, name: string, otherwise: string): string {
  const found = find(node, name);
  return found === undefined ? otherwise : new TextDecoder().decode(found.s);
}

export function tensorOf(node: NodeProto, name: string): TensorProto | null {
  return find(node, name)?.t ?? null;
}
