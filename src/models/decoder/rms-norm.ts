import type { Value } from '../../onnx/graph.ts';
import { rmsNormalization } from '../../onnx/operators.ts';
import type { EncoderContext } from '../encoder.ts';

/** Root-mean-square normalisation (arXiv 1910.07467) of the last axis, with the frozen scale `<name>.weight`. */
export function rmsNorm({ b, weight }: EncoderContext, name: string, x: Value, epsilon: number): Value {
  const size = x.shape.at(-1);
  if (typeof size !== 'number') throw new RangeError(`${name} normalises an axis of known size`);
  return rmsNormalization(b, x, weight(`${name}.weight`, [size]), epsilon);
}
