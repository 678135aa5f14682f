import type { Value } from '../../onnx/graph.ts';
import type { EncoderContext, FrozenLinear } from '../encoder.ts';

export interface BlockLinear extends FrozenLinear {
  readonly bias: boolean;
}

/** A frozen linear with whatever adapter is attached to it. @param x [rows, in] @returns [rows, out] */
export function applyLinear({ frozenProduct, adapt }: EncoderContext, linear: BlockLinear, x: Value): Value {
  return adapt(linear.name, x, frozenProduct(linear, x));
}
