import { present } from '../../base/defect.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Value } from '../../onnx/graph.ts';
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { add, concat, multiply, split, subtract, unary } from '../../onnx/operators.ts';
import { toFloat } from '../../onnx/sizes/run-time-sizes.ts';
import type { EncoderInputs } from '../encoder.ts';
import { tokenPositions } from './token-positions.ts';

/** How the angles of rotary positions (arXiv 2104.09864) are scaled; transformers' names. */
export type RotaryScaling =
  | { readonly kind: 'default' }
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalPositions: number;
    };

export interface Rotary {
  /** The base of the wavelengths. */
  readonly theta: number;
  readonly scaling: RotaryScaling;
}

/**
 * Radians per position of each pair of features, θ^(−2i/size), scaled. Rounded to float32 where transformers rounds:
 * at position 8000 one unit in the last place of a frequency is half a thousandth of a radian.
 */
export function rotaryFrequencies({ theta, scaling }: Rotary, headSize: number): readonly number[] {
  return Array.from({ length: headSize / 2 }, (_, pair) => {
    const frequency = Math.fround(1 / Math.fround(theta ** Math.fround((2 * pair) / headSize)));
    return Math.fround(scaled(frequency, scaling));
  });
}

function scaled(frequency: number, scaling: RotaryScaling): number {
  switch (scaling.kind) {
    case 'default':
      return frequency;
    case 'linear':
      return frequency / scaling.factor;
    case 'llama3': {
      // Turns in the original context: few are slowed down by the factor, many kept, and those between blended.
      const turns = (scaling.originalPositions * frequency) / (2 * Math.PI);
      const { lowFrequencyFactor: low, highFrequencyFactor: high, factor } = scaling;
      if (turns < low) return frequency / factor;
      if (turns > high) return frequency;
      const kept = (turns - low) / (high - low);
      return (1 - kept) * (frequency / factor) + kept * frequency;
    }
    default:
      return assertNever(scaling, 'rotary scaling');
  }
}

/** Both [tokens, 1, size / 2], or [batch, tokens, 1, size / 2]. */
export interface RotaryTables {
  readonly cosines: Value;
  readonly sines: Value;
}

/** Cosines and sines of the tokens' positions, as transformers counts them by default. */
export function rotaryTables(b: GraphBuilder, inputs: EncoderInputs, rotary: Rotary, headSize: number): RotaryTables {
  const places = tokenPositions(b, inputs);
  const positions = b.one({
    operator: 'Unsqueeze',
    inputs: [toFloat(b, places), b.int64s([places.shape.length, places.shape.length + 1])],
    outputs: [{ shape: [...places.shape, 1, 1] }],
  });
  const frequencies = rotaryFrequencies(rotary, headSize);
  const angles = multiply(b, positions, b.floats(frequencies, [frequencies.length]));
  return { cosines: unary(b, 'Cos', angles), sines: unary(b, 'Sin', angles) };
}

/** Turns feature i with feature i + size/2 by the position's angle. @param x [batch, tokens, heads, size] */
export function rotate(b: GraphBuilder, x: Value, { cosines, sines }: RotaryTables): Value {
  const size = Number(x.shape[3]);
  const halves = split(b, x, 3, [size / 2, size / 2]);
  const [first, second] = [present(halves[0], 'the first half'), present(halves[1], 'the second half')];
  const turned = [
    subtract(b, multiply(b, first, cosines), multiply(b, second, sines)),
    add(b, multiply(b, second, cosines), multiply(b, first, sines)),
  ];
  return concat(b, turned, 3);
}
