import { type RandomStream, stream } from '../random/stream.ts';
import type { TrainingConfiguration } from '../sweep/vocabulary.ts';
import type { AdapterMasks, TrainableLayout } from './adapter-engine.ts';

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

/** A training's masks by step (from 0) and instance: streams (seed, 'mask', step, module, instance). */
export function instanceMasks(
  layout: TrainableLayout,
  { dropout_rate: dropoutRate, seed }: Pick<TrainingConfiguration, 'dropout_rate' | 'seed'>,
): (step: number, instance: number) => AdapterMasks {
  return (step, instance) => drawMasks(layout, dropoutRate, (module) => stream(seed, 'mask', step, module, instance));
}

/** An ensemble member's masks: streams (mask seed, 'member', member, module), so that ensembles are nested. */
export function memberMasks(
  layout: TrainableLayout,
  dropoutRate: number,
  maskSeed: number,
  member: number,
): AdapterMasks {
  return drawMasks(layout, dropoutRate, (module) => stream(maskSeed, 'member', member, module));
}
