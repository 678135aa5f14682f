import { DropsweepError } from '../base/errors.ts';
import { QuantisedWeights } from '../models/int8/quantised-weights.ts';
import { weightRange } from '../models/int8/weight-range.ts';
import type { OpenedEncoder } from '../models/open-encoder.ts';
import { WeightCatalog } from '../models/weight-catalog.ts';
import { instructionSet } from '../runtime/devices/instruction-set.ts';
import type { BasePrecision } from '../sweep/vocabulary.ts';

/** What of a base is kept in int8 for a precision on this machine; null: nothing. @throws MODEL_UNSUPPORTED for an ONNX file */
export function quantisedWeights(
  { encoder, weights, folder }: OpenedEncoder,
  precision: BasePrecision = 'float32',
): QuantisedWeights | null {
  if (precision === 'float32') return null;
  if (!(weights instanceof WeightCatalog)) {
    throw new DropsweepError('MODEL_UNSUPPORTED', 'the weights of an ONNX file are not made int8', {
      where: folder,
      got: `base_precision ${precision}`,
      expected: 'base_precision float32, or a folder with config.json and model.safetensors',
      fix: 'leave out base_precision',
    });
  }
  const range = weightRange(process.arch, instructionSet());
  const directions = precision === 'int8' ? 'backward' : 'both';
  return new QuantisedWeights({ weights, linears: encoder.linears, range, directions });
}
