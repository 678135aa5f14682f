import type { Value } from '../../onnx/graph.ts';
import type { EncoderContext, FrozenLinear, TableRows } from '../encoder.ts';

export interface BlockLinear extends FrozenLinear {
  readonly bias: boolean;
}

/**
 * A frozen linear with whatever adapter is attached to it.
 * @param x [rows, in] @param table where the rows are a table's @returns [rows, out]
 */
export function applyLinear(
  { frozenProduct, adapt }: EncoderContext,
  linear: BlockLinear,
  x: Value,
  table?: TableRows,
): Value {
  return adapt(linear.name, x, frozenProduct(linear, x), table);
}
