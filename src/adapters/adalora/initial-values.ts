import { stream } from '../../random/stream.ts';

const deviation = 0.02;

/**
 * P or Q as PEFT begins them: normal with deviation 0.02. Λ begins at zero, so the first forward pass is the base's.
 * Source: peft.tuners.adalora.AdaLoraLayer.
 */
export function initialSingularVectors(seed: number, module: string, part: string, count: number): Float32Array {
  return Float32Array.from(stream(seed, 'initial', module, part).normals(count), (value) => value * deviation);
}
