import type { TensorProto } from '../../onnx/generated/onnx_pb.ts';
import { TensorProto_DataType } from '../../onnx/generated/onnx_pb.ts';
import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';

const { FLOAT, DOUBLE, INT64, INT32, BOOL } = TensorProto_DataType;

/** The elements of a small constant; null: of a type that graphs here do not have, or with its data elsewhere. */
export function elementsOf(tensor: TensorProto): readonly number[] | null {
  const raw = tensor.rawData ?? new Uint8Array();
  const bytes = new Uint8Array(raw).buffer;
  const typed = raw.length > 0;
  switch (tensor.dataType) {
    case FLOAT:
      return typed ? Array.from(new Float32Array(bytes)) : tensor.floatData;
    case DOUBLE:
      return typed ? Array.from(new Float64Array(bytes)) : tensor.doubleData;
    case INT64:
      return (typed ? Array.from(new BigInt64Array(bytes)) : tensor.int64Data).map(withinNumbers);
    case INT32:
      return typed ? Array.from(new Int32Array(bytes)) : tensor.int32Data;
    case BOOL:
      return typed ? Array.from(raw) : tensor.int32Data;
    default:
      return null;
  }
}

/** The greatest int64 says "to the end": so does the greatest number that is exact. */
function withinNumbers(value: bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

/** Types that imported values have. */
export type ImportedType = 'float' | 'int64' | 'int32' | 'bool';

export function typeOf(dataType: number): ImportedType | null {
  if (dataType === FLOAT || dataType === DOUBLE) return 'float';
  if (dataType === INT64) return 'int64';
  if (dataType === INT32) return 'int32';
  return dataType === BOOL ? 'bool' : null;
}

/** ONNX's number of an element type, for casts. */
export const typeNumbers: Readonly<Record<ImportedType, number>> = {
  float: FLOAT,
  int64: INT64,
  int32: INT32,
  bool: BOOL,
};

/** A constant of the graph; doubles become floats. */
export function constantValue(
  b: GraphBuilder,
  elements: readonly number[],
  shape: readonly number[],
  type: ImportedType,
): Value {
  if (type === 'float') return b.floats(elements, shape);
  const integers = b.int64s(elements, shape);
  return type === 'int64' ? integers : cast(b, integers, type);
}

export function cast(b: GraphBuilder, x: Value, type: ImportedType): Value {
  if (x.type === type) return x;
  return b.one({
    operator: 'Cast',
    inputs: [x],
    attributes: { to: int(typeNumbers[type]) },
    outputs: [{ shape: x.shape, type }],
  });
}
