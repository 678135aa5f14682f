import { DropsweepError } from '../../base/errors.ts';
import type { ConvertedWeights } from '../../models/weights/converted-weights.ts';
import { DescribedWeights } from '../../models/weights/described-weights.ts';
import { NarrowedWeights } from '../../models/float16/narrowed-weights.ts';
import { QuantisedWeights } from '../../models/int8/quantised-weights.ts';
import { weightRange } from '../../models/int8/weight-range.ts';
import type { OpenedEncoder } from '../../models/open-encoder.ts';
import { WeightCatalog } from '../../models/weights/weight-catalog.ts';
import type { DeviceProfile } from '../../runtime/devices/device-profile.ts';
import { instructionSet } from '../../runtime/devices/instruction-set.ts';
import type { BasePrecision } from '../../sweep/vocabulary.ts';

/**
 * The weights of a base that are kept in another precision than float32, on this machine and for a device; null: none.
 * @throws MODEL_UNSUPPORTED for an ONNX file
 */
export function convertedWeights(
  { encoder, weights, folder }: OpenedEncoder,
  precision: BasePrecision,
  device: DeviceProfile,
): ConvertedWeights | null {
  if (precision === 'float32') return null;
  if (!(weights instanceof WeightCatalog || weights instanceof DescribedWeights)) {
    throw new DropsweepError('MODEL_UNSUPPORTED', `the weights of an ONNX file are not made ${precision}`, {
      where: folder,
      got: `base_precision ${precision}`,
      expected: 'base_precision float32, or a folder with config.json and model.safetensors',
      fix: 'leave out base_precision',
    });
  }
  const { linears } = encoder;
  if (precision === 'float16') return new NarrowedWeights({ weights, linears, elements: device.float16Products });
  const range = weightRange(process.arch, instructionSet());
  return new QuantisedWeights({ weights, linears, range, directions: precision === 'int8' ? 'backward' : 'both' });
}
