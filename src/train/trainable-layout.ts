import type { Head } from '../models/heads.ts';
import type { FrozenLinear } from '../models/encoder.ts';
import type { TrainableLayout, TrainableTensor } from './adapter-engine.ts';

/** Lays the trainable tensors one after another: each module's A and B, then the head's tensors. */
export function trainableLayout(modules: readonly FrozenLinear[], rank: number, head: Head): TrainableLayout {
  const shapes = [
    ...modules.flatMap((module) => [
      { name: `${module.name}.lora_A`, shape: [rank, module.inFeatures] },
      { name: `${module.name}.lora_B`, shape: [module.outFeatures, rank] },
    ]),
    ...head.tensors.map(({ name, shape }) => ({ name: `head.${name}`, shape })),
  ];
  let offset = 0;
  const tensors = shapes.map(({ name, shape }): TrainableTensor => {
    const tensor = { name, shape, offset };
    offset += tensorLength(tensor);
    return tensor;
  });
  return { modules, tensors, length: offset };
}

export function tensorLength({ shape }: Pick<TrainableTensor, 'shape'>): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A bias is a vector: `decayBiases: false` spares it. */
export function isBias(tensor: TrainableTensor): boolean {
  return tensor.shape.length === 1;
}
