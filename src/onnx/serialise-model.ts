import { create, toBinary } from '@bufbuild/protobuf';
import { assertNever } from '../base/assert-never.ts';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts';
import type { Attribute, ElementType, Graph, Initializer, Value } from './graph.ts';

const dataTypes: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  bool: TensorProto_DataType.BOOL,
};

const irVersion = 10n;
const opset = { standard: 20n, microsoft: 1n };

/** The bytes of an .onnx file. External weights are named, not copied. */
export function serialiseModel(graph: Graph): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion,
      producerName: 'dropsweep',
      graph: toGraph(graph),
      opsetImport: [
        { domain: '', version: opset.standard },
        { domain: 'com.microsoft', version: opset.microsoft },
      ],
    }),
  );
}

function toGraph(graph: Graph): GraphProto {
  return create(GraphProtoSchema, {
    name: graph.name,
    input: graph.inputs.map(toValueInfo),
    output: graph.outputs.map(toValueInfo),
    initializer: graph.initializers.map(toTensor),
    node: graph.nodes.map((node) =>
      create(NodeProtoSchema, {
        name: node.name,
        opType: node.operator,
        domain: node.domain,
        input: node.inputs.map((input) => input?.name ?? ''),
        output: node.outputs.map((output) => output.name),
        attribute: Object.entries(node.attributes).map(([name, attribute]) => toAttribute(name, attribute)),
      }),
    ),
  });
}

function toValueInfo({ name, type, shape }: Value) {
  const dim = shape.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes[type], shape: { dim } } } },
  });
}

function toTensor({ value, data }: Initializer) {
  const common = {
    name: value.name,
    dataType: dataTypes[value.type],
    dims: value.shape.map((size) => BigInt(size)),
  };
  if ('location' in data) {
    return create(TensorProtoSchema, {
      ...common,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: [
        { key: 'location', value: data.location },
        { key: 'offset', value: String(data.offset) },
        { key: 'length', value: String(data.length) },
      ],
    });
  }
  return create(TensorProtoSchema, {
    ...common,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function toAttribute(name: string, attribute: Attribute): AttributeProto {
  const types = AttributeProto_AttributeType;
  switch (attribute.kind) {
    case 'int':
      return create(AttributeProtoSchema, { name, type: types.INT, i: BigInt(attribute.value) });
    case 'ints':
      return create(AttributeProtoSchema, {
        name,
        type: types.INTS,
        ints: attribute.value.map((value) => BigInt(value)),
      });
    case 'float':
      return create(AttributeProtoSchema, { name, type: types.FLOAT, f: attribute.value });
    case 'string':
      return create(AttributeProtoSchema, { name, type: types.STRING, s: new TextEncoder().encode(attribute.value) });
    case 'graph':
      return create(AttributeProtoSchema, { name, type: types.GRAPH, g: toGraph(attribute.value) });
    default:
      return assertNever(attribute, 'attribute');
  }
}
