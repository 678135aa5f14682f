import type { SweepDefinition } from '../../sweep/sweep-definition.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { makeSampler } from '../samplers/samplers.ts';
import { makeScheduler } from '../schedulers/schedulers.ts';

/** The metric whose value on groups of rows a search is told of with its results; null: none. */
export function pairedRowsMetric({
  scheduler,
  objectives,
}: Pick<SweepDefinition, 'scheduler' | 'objectives'>): string | null {
  return makeScheduler(scheduler).pairsRows === true ? (objectives[0]?.metric ?? null) : null;
}

/** Objectives that a search is told of besides its first: all where it decides by all of them, else none. */
export function furtherObjectives(definition: SweepDefinition): readonly Objective[] {
  const decides = [makeScheduler(definition.scheduler), makeSampler(definition)].some(
    (each) => 'allObjectives' in each && each.allObjectives,
  );
  return decides ? definition.objectives.slice(1) : [];
}
