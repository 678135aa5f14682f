import { furtherObjectives } from '../../src/search/fold/heard-objectives.ts';
import type { LoggedEvent, SearchFact } from '../../src/search/fold/search-event.ts';
import { openingFacts } from '../../src/search/fold/opening-facts.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import type { PlannedTraining, ResolvedInputs, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { recordingOf } from './recording-of.ts';

export interface PlayedSearch {
  readonly log: readonly LoggedEvent[];
  readonly trainings: readonly PlannedTraining[];
}

/**
 * A search played out in memory: results come in an order that the turns draw, among those trainings that may run.
 * @param valueOf a training's objective, greater is better; null: it fails
 * @param planned trainings of a search whose points were all suggested at once
 */
export function playSearch(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  valueOf: (configuration: TrainingConfiguration, rung: number) => number | null,
  turns: Iterator<number>,
  planned: readonly PlannedTraining[] = [],
): PlayedSearch {
  const state = new SearchState([{ definition, inputs }]);
  const scheduler = makeScheduler(definition.scheduler);
  const { log, record } = recordingOf(state);
  const trainings: PlannedTraining[] = [...planned];
  const going = planned.flatMap(({ ordinal, repeat }) => (repeat?.held === true ? [] : [{ ordinal, rung: 0 }]));
  const hear = (fact: SearchFact): void => {
    record(fact);
    for (let next = state.next(); next !== null; next = state.next()) {
      record(next);
      if (next.kind === 'promote') going.push({ ordinal: next.ordinal, rung: next.rung + 1 });
      if (next.kind !== 'suggest') continue;
      for (const training of state.trainingsOf(next)) {
        trainings.push(training);
        if (training.repeat?.held !== true) going.push({ ordinal: training.ordinal, rung: 0 });
      }
    }
  };
  for (const fact of openingFacts(definition, planned)) hear(fact);
  while (going.length > 0) {
    const { ordinal, rung } = going.splice((turns.next().value ?? 0) % going.length, 1)[0] ?? { ordinal: 0, rung: 0 };
    const configuration = trainings.find((training) => training.ordinal === ordinal)?.specification.configuration;
    if (configuration === undefined) throw new Error(`nothing is known of training ${ordinal}`);
    const rungs = scheduler.rungCount(ordinal);
    const value = valueOf(configuration, rung);
    // Other objectives order trainings otherwise.
    const further = furtherObjectives(definition).map((_, place) => (ordinal * (7 + place) + rung) % 5);
    const others = further.length === 0 ? {} : { further };
    const kind = rung === rungs - 1 ? 'result' : 'report';
    hear({ kind, ordinal, rung, value, ...others });
    // A failed training is told of at every rung that is left.
    for (let left = rung + 1; left < (value === null ? rungs : 0); left += 1)
      hear({ kind: left === rungs - 1 ? 'result' : 'report', ordinal, rung: left, value });
  }
  return { log, trainings };
}
