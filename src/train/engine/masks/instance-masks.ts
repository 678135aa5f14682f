import { type BernoulliBytes, bernoulliBytes } from '../../../random/bernoulli-bytes.ts';
import { type RandomStream, stream } from '../../../random/stream.ts';
import {
  type ElementDropout,
  type ElementRates,
  elementRates,
  type PlaceRates,
} from '../../../sweep/element-dropout.ts';
import { keptFactor, maskedParts, type MaskVariant, rowKinds } from '../../../sweep/mask-variant.ts';
import type { TrainingConfiguration } from '../../../sweep/vocabulary.ts';
import type { AdapterMasks, TrainableLayout } from '../adapter-engine.ts';
import type { DropoutPlace } from './dropout-places.ts';
import { elementMasks } from './element-masks.ts';
import { moduleRanks } from '../graphs/trainable-layout.ts';

/**
 * One draw of all modules' masks: mask = u ≥ p, with the same uniforms u for every p, so that arms of one seed are
 * paired. Each module has its own stream: its input's uniforms, then its output's, then its ranks', whichever of them
 * are masked. What is kept is 1, or 1/(1 − p).
 * @param streamOf the module's stream
 * @param variant absent: the method's own, columns and rows
 */
export function drawMasks(
  layout: TrainableLayout,
  dropoutRate: number,
  streamOf: (module: string) => RandomStream,
  variant: MaskVariant = {},
): AdapterMasks {
  const { modules } = layout;
  const parts = maskedParts(variant);
  const ranks = parts.rank ? moduleRanks(layout) : modules.map(() => 0);
  const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
  const ones = (sizes: readonly number[]): Float32Array => new Float32Array(total(sizes)).fill(1);
  const input = ones(modules.map(({ inFeatures }) => inFeatures));
  const output = ones(modules.map(({ outFeatures }) => outFeatures));
  const rank = ones(ranks);
  const drawn = parts.rank ? { input, output, rank } : { input, output };
  if (variant.mask_sharing === 'row') return { input, output };
  if (dropoutRate === 0) return drawn;
  const keep = keptFactor(variant, dropoutRate);
  let [inputAt, outputAt, rankAt] = [0, 0, 0];
  for (const [index, { name, inFeatures, outFeatures }] of modules.entries()) {
    const ownRank = ranks[index] ?? 0;
    const uniforms = streamOf(name).uniforms(inFeatures + outFeatures + ownRank);
    const kept = uniforms.map((uniform) => (uniform >= dropoutRate ? keep : 0));
    if (parts.columns) input.set(kept.subarray(0, inFeatures), inputAt);
    if (parts.rows) output.set(kept.subarray(inFeatures, inFeatures + outFeatures), outputAt);
    rank.set(kept.subarray(inFeatures + outFeatures), rankAt);
    inputAt += inFeatures;
    outputAt += outFeatures;
    rankAt += ownRank;
  }
  return drawn;
}

type Drawing = Pick<TrainingConfiguration, 'dropout_rate' | 'seed' | ElementDropout> & MaskVariant;

/**
 * A training's masks by step (from 0) and instance: streams (seed, 'mask', step, module, instance), and for elements
 * and rows (seed, kind, step, place, instance) with the sample. Of masks that a step's instances share, instance 0's.
 */
export function instanceMasks(
  layout: TrainableLayout,
  configuration: Drawing,
): (step: number, instance: number) => AdapterMasks {
  const { dropout_rate: dropoutRate, seed } = configuration;
  const elements = elementRates(configuration);
  return (step, instance) => {
    const shared = configuration.mask_sharing === 'step' ? 0 : instance;
    return {
      ...drawMasks(layout, dropoutRate, (module) => stream(seed, 'mask', step, module, shared), configuration),
      ...drawnForRows({ dropoutRate, elements, variant: configuration }, ({ kind, name }) =>
        bernoulliBytes(seed, kind, step, name, instance),
      ),
    };
  };
}

/** The rates that an ensemble's members are drawn at: masks at the evaluation's, elements at the training's. */
export interface MemberRates {
  readonly dropoutRate: number;
  readonly elements: ElementRates;
  /** The training's; absent: the method's own. */
  readonly variant?: MaskVariant;
}

/**
 * An ensemble member's masks: streams (mask seed, 'member', member, module), and for elements and rows (mask seed,
 * 'member', member, kind, place) with the sample, so that ensembles are nested.
 */
export function memberMasks(
  layout: TrainableLayout,
  rates: MemberRates,
  maskSeed: number,
  member: number,
): AdapterMasks {
  return {
    ...drawMasks(layout, rates.dropoutRate, (module) => stream(maskSeed, 'member', member, module), rates.variant),
    ...drawnForRows(rates, ({ kind, name }) => bernoulliBytes(maskSeed, 'member', member, kind, name)),
  };
}

function drawnForRows(
  { dropoutRate, elements: rates, variant = {} }: MemberRates,
  sourceOf: (place: Pick<DropoutPlace, 'kind' | 'name'>) => BernoulliBytes,
): Pick<AdapterMasks, 'elements'> {
  const ofRows = Object.fromEntries(rowKinds(variant).map((kind) => [kind, dropoutRate]));
  const all: PlaceRates = { ...rates, ...ofRows };
  const elements = elementMasks(all, sourceOf, keptFactor(variant, dropoutRate));
  return elements === null ? {} : { elements };
}
