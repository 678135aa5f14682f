import { rowsInOrder } from '../../adapters/rows-in-order.ts';
import { stream } from '../../random/stream.ts';
import type { BaseHead } from '../../sweep/vocabulary.ts';
import type { EnginePlan } from './plan-engine.ts';
import { isBias, tensorLength, tensorNamed } from './graphs/trainable-layout.ts';

type InitialPlan = Pick<EnginePlan, 'opened' | 'method' | 'layout' | 'outputTensors'>;

/**
 * The trainable parameters before the first step: adapters as their method begins, the head as it is saved with the base,
 * or as the family initialises it where it is not.
 * @param baseHead absent: the saved head as it is
 */
export function initialParameters(plan: InitialPlan, seed: number, baseHead?: BaseHead): Float32Array {
  const { method, layout, opened, outputTensors } = plan;
  const { encoder, weights } = opened;
  const parameters = new Float32Array(layout.length);
  for (const module of layout.modules) {
    for (const part of method.parts) {
      const { shape, offset } = tensorNamed(layout, `${module.name}.${part.name}`);
      parameters.set(part.initial(seed, module.name, shape), offset);
    }
  }
  for (const tensor of layout.tensors) {
    if (!tensor.name.startsWith('head.')) continue;
    const name = tensor.name.slice('head.'.length);
    const ofOutputs = outputTensors.has(name);
    // A saved head of another number of labels, or of others, is another task's: a new one is drawn.
    const isSaved = weights.shapeOf(name)?.join() === tensor.shape.join();
    if (isSaved && !(ofOutputs && baseHead === 'drawn')) {
      const saved = weights.read(name, tensor.shape);
      const rows = ofOutputs && baseHead !== 'drawn' ? baseHead : undefined;
      parameters.set(rows === undefined ? saved : rowsInOrder(saved, rows), tensor.offset);
    } else if (!isBias(tensor)) {
      parameters.set(drawHead(seed, name, tensorLength(tensor), encoder.initializerRange), tensor.offset);
    }
  }
  return parameters;
}

function drawHead(seed: number, name: string, count: number, deviation: number): Float32Array {
  return Float32Array.from(stream(seed, 'initial', 'head', name).normals(count), (value) => value * deviation);
}
