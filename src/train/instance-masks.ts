import { type BernoulliBytes, bernoulliBytes } from '../random/bernoulli-bytes.ts';
import { type RandomStream, stream } from '../random/stream.ts';
import { type ElementDropout, type ElementRates, elementRates } from '../sweep/element-dropout.ts';
import type { TrainingConfiguration } from '../sweep/vocabulary.ts';
import type { AdapterMasks, TrainableLayout } from './adapter-engine.ts';
import type { DropoutPlace } from './dropout-places.ts';
import { elementMasks } from './element-masks.ts';

/**
 * One draw of all modules' masks: mask = u ≥ p, with the same uniforms u for every p, so that arms of one seed are
 * paired. Each module has its own stream, its input's uniforms before its output's.
 * @param streamOf the module's stream
 */
export function drawMasks(
  layout: TrainableLayout,
  dropoutRate: number,
  streamOf: (module: string) => RandomStream,
): AdapterMasks {
  const total = (size: 'inFeatures' | 'outFeatures'): number =>
    layout.modules.reduce((sum, module) => sum + module[size], 0);
  const input = new Float32Array(total('inFeatures')).fill(1);
  const output = new Float32Array(total('outFeatures')).fill(1);
  if (dropoutRate === 0) return { input, output };
  let inputAt = 0;
  let outputAt = 0;
  for (const { name, inFeatures, outFeatures } of layout.modules) {
    const uniforms = streamOf(name).uniforms(inFeatures + outFeatures);
    const kept = uniforms.map((uniform) => (uniform >= dropoutRate ? 1 : 0));
    input.set(kept.subarray(0, inFeatures), inputAt);
    output.set(kept.subarray(inFeatures), outputAt);
    inputAt += inFeatures;
    outputAt += outFeatures;
  }
  return { input, output };
}

/**
 * A training's masks by step (from 0) and instance: streams (seed, 'mask', step, module, instance), and for elements
 * (seed, 'lora_dropout' or 'hidden_dropout', step, place, instance) with the sample.
 */
export function instanceMasks(
  layout: TrainableLayout,
  configuration: Pick<TrainingConfiguration, 'dropout_rate' | 'seed' | ElementDropout>,
): (step: number, instance: number) => AdapterMasks {
  const { dropout_rate: dropoutRate, seed } = configuration;
  const rates = elementRates(configuration);
  return (step, instance) => ({
    ...drawMasks(layout, dropoutRate, (module) => stream(seed, 'mask', step, module, instance)),
    ...elementsOf(rates, ({ kind, name }) => bernoulliBytes(seed, kind, step, name, instance)),
  });
}

/** What an ensemble's members are drawn at: rows and columns at the evaluation's rate, elements at the training's. */
export interface MemberRates {
  readonly dropoutRate: number;
  readonly elements: ElementRates;
}

/**
 * An ensemble member's masks: streams (mask seed, 'member', member, module), and for elements (mask seed, 'member',
 * member, kind, place) with the sample, so that ensembles are nested.
 */
export function memberMasks(
  layout: TrainableLayout,
  { dropoutRate, elements }: MemberRates,
  maskSeed: number,
  member: number,
): AdapterMasks {
  return {
    ...drawMasks(layout, dropoutRate, (module) => stream(maskSeed, 'member', member, module)),
    ...elementsOf(elements, ({ kind, name }) => bernoulliBytes(maskSeed, 'member', member, kind, name)),
  };
}

function elementsOf(
  rates: ElementRates,
  sourceOf: (place: Pick<DropoutPlace, 'kind' | 'name'>) => BernoulliBytes,
): Pick<AdapterMasks, 'elements'> {
  const elements = elementMasks(rates, sourceOf);
  return elements === null ? {} : { elements };
}
