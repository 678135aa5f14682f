import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { shapeOf } from './training-fields.ts';
import type { TrainingSpecification } from './vocabulary.ts';

/** How many passes a slot runs at once, and what was measured when that was decided. */
export interface PackingPlan {
  readonly pack: number;
  /** Best time of one pass, by the size of the pack that it ran in; null: too long to be worth a comparison. */
  readonly passMs: Readonly<Record<number, number>> | null;
  /** Rows and tokens of the batch that was measured. */
  readonly batch: { readonly rows: number; readonly tokens: number };
}

/** Trainings of one engine shape pack alike on one device: what a packing plan is measured once for. */
export function engineShape({ trainer, trainer_version, configuration, base, task }: TrainingSpecification): string {
  return sha256(
    canonicalJson({
      trainer,
      trainer_version,
      base: base.content_hash,
      task,
      ...shapeOf(configuration, ['adapter', 'head', 'passes']),
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
