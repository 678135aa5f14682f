import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { elementRates } from './element-dropout.ts';
import type { TrainingSpecification } from './vocabulary.ts';

/** How many passes a slot runs at once, and what was measured when that was decided. */
export interface PackingPlan {
  readonly pack: number;
  /** Best time of one pass, by the size of the pack that it ran in; null: too long to be worth a comparison. */
  readonly passMs: Readonly<Record<number, number>> | null;
  /** Rows and tokens of the batch that was measured. */
  readonly batch: { readonly rows: number; readonly tokens: number };
}

/**
 * Trainings of one engine shape pack alike on one device: what a packing plan is measured once for. Rates of element-wise
 * dropout are inputs; whether there is any decides the graph.
 */
export function engineShape({ trainer, trainer_version, configuration, base, task }: TrainingSpecification): string {
  const { adapter, rank, alpha, scaling, targets, layers, base_precision, pooling, label_smoothing } = configuration;
  const { batch_size, micro_batch_size, max_length } = configuration;
  const { lora_dropout, hidden_dropout } = elementRates(configuration);
  const compiled = { adapter, rank, alpha, scaling, base_precision, pooling, label_smoothing };
  return sha256(
    canonicalJson({
      trainer,
      trainer_version,
      base: base.content_hash,
      task,
      ...compiled,
      ...(lora_dropout > 0 ? { lora_dropout: true } : {}),
      ...(hidden_dropout > 0 ? { hidden_dropout: true } : {}),
      targets,
      layers,
      batch_size,
      micro_batch_size,
      max_length,
    }),
  );
}

/**
 * Trainings of one bundle key may step together: one engine, the same rows in the same batches. Their rates, N, λ,
 * learning rate and length are their own.
 */
export function bundleKey(specification: TrainingSpecification): string {
  const { base, train, configuration } = specification;
  return sha256(
    canonicalJson({
      shape: engineShape(specification),
      tokenizer: base.tokenizer_hash,
      train: train.hash,
      seed: configuration.seed,
    }),
  );
}
