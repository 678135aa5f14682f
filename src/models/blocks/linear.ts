import type { Value } from '../../onnx/graph.ts';
import { gemm } from '../../onnx/operators.ts';
import type { EncoderContext, FrozenLinear } from '../encoder.ts';

export interface BlockLinear extends FrozenLinear {
  readonly bias: boolean;
}

/** A frozen linear with whatever adapter is attached to it. @param x [rows, in] @returns [rows, out] */
export function applyLinear({ b, weight, adapt }: EncoderContext, linear: BlockLinear, x: Value): Value {
  const { name, inFeatures, outFeatures, bias, weightLayout } = linear;
  const inputsFirst = weightLayout === 'in_out';
  const stored = weight(`${name}.weight`, inputsFirst ? [inFeatures, outFeatures] : [outFeatures, inFeatures]);
  const addend = bias ? { c: weight(`${name}.bias`, [outFeatures]) } : {};
  return adapt(name, x, gemm(b, x, stored, { transB: !inputsFirst, ...addend }));
}
