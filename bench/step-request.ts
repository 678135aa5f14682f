import { stream } from '../src/random/stream.ts';
import type {
  AdapterEngine,
  AdapterMasks,
  StepHyperparameters,
  TokenBatch,
} from '../src/train/engine/adapter-engine.ts';
import { stepHyperparameters as commonHyperparameters } from '../test/support/step-hyperparameters.ts';

/** What the benchmarks train: LoRA r = 8 on all six linears of each layer of a BERT, two classes. */
export const stepRequest = {
  task: { kind: 'classification', label_names: ['no', 'yes'] },
  adapter: {
    adapter: 'lora',
    rank: 8,
    alpha: 16,
    targets: [
      'attention.self.query',
      'attention.self.key',
      'attention.self.value',
      'attention.output.dense',
      'intermediate.dense',
      'output.dense',
    ],
  },
} as const;

export const stepHyperparameters: StepHyperparameters = {
  ...commonHyperparameters,
  sparsity: 0,
  learningRate: 5e-4,
  weightDecay: 0.01,
};

/** Random tokens without padding. */
export function drawBatch(
  rows: number,
  length: number,
): { readonly batch: TokenBatch; readonly labels: BigInt64Array } {
  const count = rows * length;
  return {
    batch: {
      rows,
      length,
      inputIds: BigInt64Array.from(stream(0, 'bench', 'ids').integers(count, 20_000), BigInt),
      attentionMask: new BigInt64Array(count).fill(1n),
      tokenTypeIds: new BigInt64Array(count),
      samples: Uint32Array.from({ length: rows }, (_, row) => row),
    },
    labels: BigInt64Array.from(stream(0, 'bench', 'labels').integers(rows, 2), BigInt),
  };
}

/** One instance's masks at p = 0.5. */
export function drawMasks(engine: AdapterEngine, instance: number): AdapterMasks {
  const draw = (side: 'input' | 'output', size: 'inFeatures' | 'outFeatures') =>
    stream(0, 'bench', side, instance)
      .uniforms(engine.layout.modules.reduce((sum, module) => sum + module[size], 0))
      .map((uniform) => (uniform >= 0.5 ? 1 : 0));
  return { input: draw('input', 'inFeatures'), output: draw('output', 'outFeatures') };
}
