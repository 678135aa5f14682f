import { stream } from '../../random/stream.ts';

/**
 * Kaiming-uniform with a = √5, as PEFT initialises A: uniform in ±1/√in. B begins at zero, so the first forward pass is
 * the base's.
 * @returns [rank, in]
 */
export function initialA(seed: number, module: string, rank: number, inFeatures: number): Float32Array {
  const bound = 1 / Math.sqrt(inFeatures);
  return stream(seed, 'initial', module, 'lora_A')
    .uniforms(rank * inFeatures)
    .map((uniform) => (2 * uniform - 1) * bound);
}
