import type { AdapterMethod } from '../adapter-method.ts';
import { initialA } from './initial-values.ts';
import { addLoraUpdate } from './linear.ts';
import { sumOfSquaredUpdates } from './sparsity.ts';

/** LoRA: ΔW = s·BA (arXiv 2106.09685), with LoRA Dropout's masks (arXiv 2404.09610). */
export const loraMethod: AdapterMethod = {
  kind: 'lora',
  parts: [
    {
      name: 'lora_A',
      shape: ({ inFeatures }, rank) => [rank, inFeatures],
      initial: (seed, linear, [rank = 0, inFeatures = 0]) => initialA(seed, linear, rank, inFeatures),
    },
    {
      name: 'lora_B',
      shape: ({ outFeatures }, rank) => [outFeatures, rank],
      initial: (_seed, _linear, [outFeatures = 0, rank = 0]) => new Float32Array(outFeatures * rank),
    },
  ],
  penalties: {
    sparsity: (b, linears, scale) =>
      sumOfSquaredUpdates(
        b,
        linears.map((part) => ({ a: part('lora_A'), b: part('lora_B') })),
        scale,
      ),
  },
  factors: (part) => ({ a: part('lora_A'), b: part('lora_B') }),
  prunesRanks: false,
  addUpdate: (b, x, y, part, masks, scale) =>
    addLoraUpdate(b, x, y, { a: part('lora_A'), b: part('lora_B') }, masks, scale),
};
