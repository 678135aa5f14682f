import { rmsNormalization, tanhGelu, unary } from '../../src/onnx/operators.ts';
import { never, type RuleCase } from './rule-case.ts';

/** What decoders add to the operators that are differentiated. */
export const decoderRuleCases: readonly RuleCase[] = [
  { operator: 'FastGelu', what: '', shapes: [[3, 7]], build: (b, x = never()) => tanhGelu(b, x) },
  { operator: 'Sigmoid', what: '', shapes: [[3, 7]], build: (b, x = never()) => unary(b, 'Sigmoid', x) },
  {
    operator: 'SimplifiedLayerNormalization',
    what: 'with scale',
    shapes: [[2, 3, 7], [7]],
    build: (b, x = never(), scale = never()) => rmsNormalization(b, x, scale, 1e-5),
  },
];
