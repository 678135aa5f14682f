import { canonicalJson } from '../base/canonical-json.ts';
import type { PlannedTraining } from '../sweep/sweep-definition.ts';
import type { Scheduler } from './scheduler.ts';

/** Trainings with which of them are repeats of one configuration, in their order, where the scheduler is told of it. */
export function markRepeats(
  trainings: readonly PlannedTraining[],
  { repeats }: Pick<Scheduler, 'repeats'>,
): readonly PlannedTraining[] {
  if (repeats === undefined) return trainings;
  const heldFrom = repeats.heldFrom ?? Number.POSITIVE_INFINITY;
  const configurations = new Map<string, { readonly of: number; count: number }>();
  return trainings.map((training) => {
    const { seed: _, ...rest } = training.specification.configuration;
    const key = canonicalJson(rest);
    const configuration = configurations.get(key) ?? { of: training.ordinal, count: 0 };
    configurations.set(key, configuration);
    const held = configuration.count >= heldFrom;
    configuration.count += 1;
    return { ...training, repeat: { of: configuration.of, held } };
  });
}
