import type { PlannedTraining, PlannedTrainings, SweepDefinition } from '../../sweep/sweep-definition.ts';
import { searchedAxes } from '../space/repeats.ts';
import { makeSampler } from '../samplers/samplers.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';
import { RepeatMarker } from '../space/mark-repeats.ts';
import { comparesPoints } from './budget.ts';
import type { SearchFact } from './search-event.ts';
import { type SearchSpace, spaceAxes } from '../space/space-axes.ts';
import { openingTogether } from './suggest-ahead.ts';
import { Suggestions } from './suggestions.ts';

/** The facts that are recorded of a sweep before anything happens in it. @param trainings that were planned at once */
export function openingFacts(definition: SweepDefinition, trainings: PlannedTrainings): readonly SearchFact[] {
  const sampler = makeSampler(definition);
  const fact = (kind: SearchFact['kind'], value: number): SearchFact => ({ kind, ordinal: 0, rung: 0, value });
  const capacity = fact('capacity', definition.parallelism);
  if (!sampler.independent)
    return [capacity, fact('together', openingTogether), fact('planned', Suggestions.most(definition, sampler))];
  const planned = fact('planned', trainings.length);
  // Of one seed there are no repeats.
  if (seedCount(definition) < 2) return [planned];
  if (makeScheduler(definition.scheduler).repeats !== undefined) return [capacity, planned, ...repeatFacts(trainings)];
  return comparesPoints(definition.budget) ? [planned, ...repeatFacts(trainings)] : [planned];
}

/** Seeds of each point; 1 where the space has none. */
export function seedCount(definition: SearchSpace): number {
  return Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
}

/** Whether points that were all suggested at once have several seeds. */
export function hasPlannedRepeats(definition: SweepDefinition): boolean {
  return seedCount(definition) > 1 && makeSampler(definition).independent;
}

/** Which trainings are repeats of which, with their seeds. */
export function repeatFacts(trainings: Iterable<PlannedTraining>): readonly SearchFact[] {
  const marker = new RepeatMarker({ least: 0, heldFrom: null });
  const facts: SearchFact[] = [];
  for (const { ordinal, repeat, specification } of trainings) {
    const { of } = repeat ?? marker.mark(ordinal, specification.configuration);
    facts.push({ kind: 'repeat', ordinal, rung: 0, value: of, further: [specification.configuration.seed] });
  }
  return facts;
}
