import type { ElementRates } from '../../../sweep/element-dropout.ts';
import { expectedShare, type MaskVariant } from '../../../sweep/mask-variant.ts';
import type { EvaluationConfiguration } from '../../../sweep/vocabulary.ts';
import type { TrainableLayout } from '../adapter-engine.ts';
import type { ForwardPass } from '../../segments/forward-rows.ts';
import { memberMasks } from '../masks/instance-masks.ts';

interface TrainedParameters {
  readonly layout: TrainableLayout;
  readonly parameters: Float32Array;
  /** The training's own. */
  readonly elements: ElementRates;
  readonly variant: MaskVariant;
}

/** The model that a member of an evaluation is: masks of an ensemble's, none and the update's scale of the other modes. */
export function memberPass(
  { layout, parameters, elements, variant }: TrainedParameters,
  { mode, dropout_rate: rate, mask_seed: maskSeed }: EvaluationConfiguration,
  member: number,
): ForwardPass {
  return {
    parameters,
    masks: mode === 'ensemble' ? memberMasks(layout, { dropoutRate: rate, elements, variant }, maskSeed, member) : null,
    updateScale: mode === 'expected' ? expectedShare(variant, rate) : 1,
  };
}
