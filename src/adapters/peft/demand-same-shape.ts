import { DropsweepError } from '../../base/errors.ts';
import type { AdapterShape } from '../../sweep/vocabulary.ts';
import { updateScale } from '../update-scale.ts';
import type { PeftConfiguration } from './read-adapter.ts';

/** PEFT divides AdaLoRA's alpha by rank + 1e-5, which is no other scale. */
const scaleTolerance = 1e-4;

/**
 * A training goes on from an adapter only as what that is.
 * @param folder of the adapter, as the sweep file names it
 * @throws WEIGHTS_INVALID naming the field that differs
 */
export function demandSameShape(
  { shape }: PeftConfiguration,
  training: Pick<AdapterShape, 'adapter' | 'rank' | 'alpha' | 'scaling'>,
  folder: string,
): void {
  const demand = (field: string, own: string | number, wanted: string | number): void => {
    if (own === wanted) return;
    throw new DropsweepError('WEIGHTS_INVALID', 'the training’s adapters are not what init_adapter is', {
      where: `training.${field}, init_adapter ${folder}`,
      got: String(wanted),
      expected: `${own}, as adapter_config.json has it`,
      fix: `give ${field}: ${own} in the training section`,
    });
  };
  demand('adapter', shape.adapter, training.adapter);
  demand('rank', shape.rank, training.rank);
  demand('scaling', shape.scaling ?? 'standard', training.scaling ?? 'standard');
  const [own, wanted] = [updateScale(shape), updateScale(training)];
  if (Math.abs(own - wanted) > scaleTolerance * own) demand('alpha', shape.alpha, training.alpha);
}
