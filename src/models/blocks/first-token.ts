import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { concat, reshape, slice } from '../../onnx/operators.ts';
import { sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import { takeRows } from '../../onnx/rewrites/take-rows.ts';
import type { EncoderInputs } from '../encoder.ts';
import { firstRows } from './token-rows.ts';

/** Row 0 of each sample. @param x [batch·tokens, columns], or [kept, columns] @returns [batch, columns] */
export function firstTokens(
  b: GraphBuilder,
  x: Value,
  { inputIds, tokenRows }: Pick<EncoderInputs, 'inputIds' | 'tokenRows'>,
  columns: number,
): Value {
  if (tokenRows !== undefined) return takeRows(b, x, firstRows(b, tokenRows));
  const sizes = concat(b, [sizeAt(b, inputIds, 0), b.int64s([-1, columns])], 0);
  const bySample = reshape(b, x, ['batch', 'tokens', columns], sizes);
  return reshape(b, slice(b, bySample, 1, 0, 1, 1), ['batch', columns], b.int64s([-1, columns]));
}
