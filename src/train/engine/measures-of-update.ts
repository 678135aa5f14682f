import { adapterMethods } from '../../adapters/adapter-methods.ts';
import { updateScale } from '../../adapters/update-scale.ts';
import { type UpdateMeasures, updateMeasures } from '../../evaluate/update-spectrum.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { TrainableLayout } from './adapter-engine.ts';
import { tensorLength, tensorNamed } from './graphs/trainable-layout.ts';

/** How large the checkpoint's update is. */
export function measuresOfUpdate(
  configuration: TrainingConfiguration,
  layout: TrainableLayout,
  parameters: Float32Array,
): UpdateMeasures {
  const { adapter, rank } = configuration;
  const method = adapterMethods[adapter];
  const updates = layout.modules.map((module) => {
    const part = (name: string): Float32Array => {
      const tensor = tensorNamed(layout, `${module.name}.${name}`);
      return parameters.subarray(tensor.offset, tensor.offset + tensorLength(tensor));
    };
    return { ...module, ...method.factors(part, rank) };
  });
  return updateMeasures(updates, rank, updateScale(configuration));
}
