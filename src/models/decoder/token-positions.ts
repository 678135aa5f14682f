import { int, type Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { countUp, sizeAt } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderInputs } from '../encoder.ts';

/**
 * Places of the tokens in their texts, 0, 1, …, or from what came before on: padding does not shift them.
 * @returns int64 [tokens]; [batch, tokens] where rows hold several texts, each of which starts anew
 */
export function tokenPositions(b: GraphBuilder, { inputIds, attentionMask, past, severalTexts }: EncoderInputs): Value {
  if (severalTexts === true) return placesInTexts(b, attentionMask);
  const counted = countUp(b, sizeAt(b, inputIds, 1), 'tokens');
  if (past === undefined) return counted;
  return b.one({ operator: 'Add', inputs: [counted, past.tokens], outputs: [{ shape: ['tokens'], type: 'int64' }] });
}

/** Whether a token (third axis) stands in the text of another (second), and not behind it. @param texts int64 [batch, tokens] */
export function earlierOfOwnText(b: GraphBuilder, texts: Value): Value {
  const positions = countUp(b, sizeAt(b, texts, 1), 'tokens');
  const unsqueeze = (x: Value, axis: number, shape: readonly (number | string)[]) =>
    b.one({ operator: 'Unsqueeze', inputs: [x, b.int64s([axis])], outputs: [{ shape, type: 'int64' }] });
  const earlier = b.one({
    operator: 'LessOrEqual',
    inputs: [unsqueeze(positions, 0, [1, 'tokens']), unsqueeze(positions, 1, ['tokens', 1])],
    outputs: [{ shape: ['tokens', 'tokens'], type: 'bool' }],
  });
  const shape = ['batch', 'tokens', 'tokens'];
  const own = b.one({
    operator: 'Equal',
    inputs: [unsqueeze(texts, 1, ['batch', 1, 'tokens']), unsqueeze(texts, 2, ['batch', 'tokens', 1])],
    outputs: [{ shape, type: 'bool' }],
  });
  return b.one({ operator: 'And', inputs: [own, earlier], outputs: [{ shape, type: 'bool' }] });
}

/** How many tokens of its text stand before each. */
function placesInTexts(b: GraphBuilder, texts: Value): Value {
  const counted = b.one({
    operator: 'Cast',
    inputs: [earlierOfOwnText(b, texts)],
    attributes: { to: int(7) },
    outputs: [{ shape: ['batch', 'tokens', 'tokens'], type: 'int64' }],
  });
  const shape = ['batch', 'tokens'];
  const upTo = b.one({
    operator: 'ReduceSum',
    inputs: [counted, b.int64s([2])],
    attributes: { keepdims: int(0) },
    outputs: [{ shape, type: 'int64' }],
  });
  return b.one({ operator: 'Sub', inputs: [upTo, b.int64s([1], [])], outputs: [{ shape, type: 'int64' }] });
}
