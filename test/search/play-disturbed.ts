import { budgetFacts } from '../../src/search/fold/budget.ts';
import { furtherObjectives, pairedRowsMetric } from '../../src/search/fold/heard-objectives.ts';
import { openingFacts } from '../../src/search/fold/opening-facts.ts';
import type { SearchFact } from '../../src/search/fold/search-event.ts';
import { type SearchStage, SearchState } from '../../src/search/fold/search-state.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import { failureKinds } from '../../src/sweep/failure-kinds.ts';
import type { PlannedTraining, ResolvedInputs, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import type { PlayedSearch } from './play-search.ts';
import { recordingOf } from './recording-of.ts';

interface Going {
  readonly ordinal: number;
  readonly rung: number;
}

interface Disturbed {
  readonly definition: SweepDefinition;
  /** The file that it is extended to on the way; absent: it is not. */
  readonly larger?: SweepDefinition;
  readonly inputs: ResolvedInputs;
  readonly valueOf: (configuration: TrainingConfiguration, rung: number) => number;
  readonly turns: Iterator<number>;
  readonly planned: readonly PlannedTraining[];
}

/**
 * A search played out in memory as playSearch does, but with all that happens to sweeps: trainings fail in each way and are
 * tried again, limits and parallelism are set on the way, former results are told, results come with groups of rows, and the
 * sweep is extended. The turns draw what happens when.
 */
export function playDisturbed(of: Disturbed): PlayedSearch & { readonly stages: readonly SearchStage[] } {
  const { definition, larger, inputs, valueOf, turns, planned } = of;
  const stages = [definition, ...(larger === undefined ? [] : [larger])].map((each) => ({ definition: each, inputs }));
  const state = new SearchState(stages);
  const scheduler = makeScheduler(definition.scheduler);
  const draw = (below: number): number => (turns.next().value ?? 0) % below;
  const { log, record } = recordingOf(state);
  const trainings: PlannedTraining[] = [...planned];
  let going: Going[] = planned.flatMap(({ ordinal, repeat }) => (repeat?.held === true ? [] : [{ ordinal, rung: 0 }]));
  const hear = (fact: SearchFact): void => {
    record(fact);
    for (let next = state.next(); next !== null; next = state.next()) {
      record(next);
      if (next.kind === 'promote') going.push({ ordinal: next.ordinal, rung: next.rung + 1 });
      // Who waits for a slot is let go; one or two run.
      if (next.kind === 'halt') going = going.slice(0, 1 + draw(2));
      if (next.kind !== 'suggest') continue;
      for (const training of state.trainingsOf(next)) {
        trainings.push(training);
        if (training.repeat?.held !== true) going.push({ ordinal: training.ordinal, rung: 0 });
      }
    }
  };
  const fact = (kind: SearchFact['kind'], value: number | null): SearchFact => ({ kind, ordinal: 0, rung: 0, value });
  const failures: Going[] = [];
  const fail = ({ ordinal, rung }: Going): void => {
    const failure = failureKinds[draw(failureKinds.length)] ?? 'crashed';
    const rungs = scheduler.rungCount(ordinal);
    for (let left = rung; left < rungs; left += 1)
      hear({ kind: left === rungs - 1 ? 'result' : 'report', ordinal, rung: left, value: null, failure });
    failures.push({ ordinal, rung });
  };
  const retry = ({ ordinal, rung }: Going): void => {
    for (const at of state.failuresOf(ordinal)) hear({ kind: 'retract', ordinal, rung: at, value: null });
    going.push({ ordinal, rung });
  };
  const report = ({ ordinal, rung }: Going): void => {
    const configuration = trainings.find((training) => training.ordinal === ordinal)?.specification.configuration;
    if (configuration === undefined) throw new Error(`nothing is known of training ${ordinal}`);
    const others = furtherObjectives(definition).map((_, place) => (ordinal * (7 + place) + rung) % 5);
    const kind = rung === scheduler.rungCount(ordinal) - 1 ? 'result' : 'report';
    const value = valueOf(configuration, rung);
    const isPaired = kind === 'result' && pairedRowsMetric(definition) !== null;
    const groups = isPaired ? [0, 1, 2, 3].map((group) => value + ((ordinal * 5 + group) % 7) / 50) : [];
    const further = [...others, ...groups];
    hear({ kind, ordinal, rung, value, ...(further.length === 0 ? {} : { further }) });
  };
  if (planned.length === 0) {
    hear({ ...fact('learned', 0.5), point: { rank: 4 } });
    hear({ ...fact('learned', null), ordinal: 1, point: { rank: 16 }, failure: 'out_of_memory' });
  }
  for (const opening of openingFacts(definition, planned)) hear(opening);
  const extendedAt = larger === undefined ? -1 : 3 + draw(12);
  const isHalted = (): boolean => log.some(({ event }) => event.kind === 'halt');
  for (let turn = 0; going.length > 0; turn += 1) {
    if (turn === extendedAt && larger !== undefined) {
      record(fact('extended', 1));
      for (const opening of openingFacts(larger, planned)) hear(opening);
    }
    const happens = draw(12);
    const [failed] = failures;
    if (happens === 0 && !isHalted()) for (const each of budgetFacts({ trials: 20 + draw(9), hours: null })) hear(each);
    if (happens === 1) hear(fact('capacity', 1 + draw(5)));
    if (happens === 2 && failed !== undefined && !isHalted()) retry(failures.shift() ?? failed);
    const next = going.splice(draw(going.length), 1)[0];
    if (next === undefined) continue;
    if (happens >= 10 && !isHalted()) fail(next);
    else report(next);
  }
  return { stages, log, trainings };
}
