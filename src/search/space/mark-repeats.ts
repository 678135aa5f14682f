import { canonicalJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/sha256.ts';
import type { PlannedRepeat, PlannedTraining } from '../../sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { RepeatNeeds, Scheduler } from '../scheduler.ts';

/** Tells which trainings are repeats of one configuration, from the first on in their order. */
export class RepeatMarker {
  readonly #heldFrom: number;
  readonly #configurations = new Map<string, { readonly of: number; count: number }>();

  constructor({ heldFrom }: RepeatNeeds) {
    this.#heldFrom = heldFrom ?? Number.POSITIVE_INFINITY;
  }

  mark(ordinal: number, configured: TrainingConfiguration): PlannedRepeat {
    const { seed: _, ...rest } = configured;
    const key = sha256(canonicalJson(rest));
    const configuration = this.#configurations.get(key) ?? { of: ordinal, count: 0 };
    this.#configurations.set(key, configuration);
    const held = configuration.count >= this.#heldFrom;
    configuration.count += 1;
    return { of: configuration.of, held };
  }
}

/** Trainings with which of them are repeats of one configuration, in their order, where the scheduler is told of it. */
export function markRepeats(
  trainings: readonly PlannedTraining[],
  { repeats }: Pick<Scheduler, 'repeats'>,
): readonly PlannedTraining[] {
  if (repeats === undefined) return trainings;
  const marker = new RepeatMarker(repeats);
  return trainings.map((training) => ({
    ...training,
    repeat: marker.mark(training.ordinal, training.specification.configuration),
  }));
}
