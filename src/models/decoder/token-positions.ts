import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { countUp, sizeAt } from '../../onnx/run-time-sizes.ts';
import type { EncoderInputs } from '../encoder.ts';

/** Places of the tokens in their texts, 0, 1, …, or from what came before on: padding does not shift them. int64 [tokens] */
export function tokenPositions(b: GraphBuilder, { inputIds, past }: EncoderInputs): Value {
  const counted = countUp(b, sizeAt(b, inputIds, 1), 'tokens');
  if (past === undefined) return counted;
  return b.one({ operator: 'Add', inputs: [counted, past.tokens], outputs: [{ shape: ['tokens'], type: 'int64' }] });
}
