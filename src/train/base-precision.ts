import { QuantisedWeights } from '../models/int8/quantised-weights.ts';
import { weightRange } from '../models/int8/weight-range.ts';
import type { OpenedEncoder } from '../models/open-encoder.ts';
import type { BasePrecision } from '../sweep/vocabulary.ts';
import { instructionSet } from './instruction-set.ts';

/** What of a base is kept in int8 for a precision on this machine; null: nothing. */
export function quantisedWeights(
  { encoder, weights }: OpenedEncoder,
  precision: BasePrecision = 'float32',
): QuantisedWeights | null {
  if (precision === 'float32') return null;
  const range = weightRange(process.arch, instructionSet());
  const directions = precision === 'int8' ? 'backward' : 'both';
  return new QuantisedWeights({ weights, linears: encoder.linears, range, directions });
}
