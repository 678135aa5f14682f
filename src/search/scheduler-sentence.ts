import type { SweepDefinition } from '../sweep/sweep-definition.ts';
import { searchedAxes } from './space/repeats.ts';
import { makeScheduler } from './schedulers/schedulers.ts';
import { spaceAxes } from './space/space-axes.ts';

interface Decided {
  /** Trainings, and how many of them were pruned. */
  readonly total: number;
  readonly pruned: number;
  readonly savedSeconds: number;
}

/** A sentence on the worth of the scheduler's decisions; null where it has nothing to say of them. */
export function schedulerSentence(
  definition: SweepDefinition,
  { total: trainings, pruned, savedSeconds }: Decided,
): string | null {
  const scheduler = makeScheduler(definition.scheduler);
  if (scheduler.sentence === undefined || trainings === 0) return null;
  const seeds = Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
  return scheduler.sentence({
    ...{ trainings, pruned, seeds, savedSeconds },
    configurations: Math.ceil(trainings / seeds),
  });
}
