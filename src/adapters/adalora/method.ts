import type { AdapterMethod } from '../adapter-method.ts';
import { addLoraUpdate } from '../lora/linear.ts';
import { sumOfSquaredUpdates } from '../lora/sparsity.ts';
import { initialSingularVectors } from './initial-values.ts';
import { tripletFactors } from './linear.ts';
import { orthogonalityPenalty } from './orthogonality.ts';

/**
 * AdaLoRA: ΔW = s·P Λ Q (arXiv 2303.10512), with LoRA Dropout's masks on P's rows and Q's columns. PEFT's names:
 * lora_A is Q, lora_B is P, lora_E is Λ's diagonal.
 */
export const adaloraMethod: AdapterMethod = {
  kind: 'adalora',
  parts: [
    {
      name: 'lora_A',
      shape: ({ inFeatures }, rank) => [rank, inFeatures],
      initial: (seed, linear, [rank = 0, inFeatures = 0]) =>
        initialSingularVectors(seed, linear, 'lora_A', rank * inFeatures),
    },
    {
      name: 'lora_B',
      shape: ({ outFeatures }, rank) => [outFeatures, rank],
      initial: (seed, linear, [outFeatures = 0, rank = 0]) =>
        initialSingularVectors(seed, linear, 'lora_B', outFeatures * rank),
    },
    {
      name: 'lora_E',
      shape: (_linear, rank) => [rank, 1],
      initial: (_seed, _linear, [rank = 0]) => new Float32Array(rank),
    },
  ],
  penalties: {
    sparsity: (b, linears, scale) =>
      sumOfSquaredUpdates(
        b,
        linears.map((part) => tripletFactors(b, part)),
        scale,
      ),
    orthogonality: orthogonalityPenalty,
  },
  factors(part, rank) {
    const diagonal = part('lora_E');
    return { a: part('lora_A'), b: part('lora_B').map((value, i) => value * (diagonal[i % rank] ?? 0)) };
  },
  prunesRanks: true,
  addUpdate: (b, x, y, part, masks, scale) => addLoraUpdate(b, x, y, tripletFactors(b, part), masks, scale),
};
