import type { Value } from '../../onnx/graph.ts';
import { layerNormalization } from '../../onnx/operators.ts';
import type { EncoderContext } from '../encoder.ts';

/** Layer normalisation over the last axis with the frozen weight and bias of a name. */
export function normalise(
  { b, weight }: Pick<EncoderContext, 'b' | 'weight'>,
  name: string,
  x: Value,
  { size, epsilon }: { readonly size: number; readonly epsilon: number },
): Value {
  return layerNormalization(b, x, weight(`${name}.weight`, [size]), weight(`${name}.bias`, [size]), epsilon);
}
