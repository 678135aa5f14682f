import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaySearch } from '../../src/search/fold/replay.ts';
import {
  isDecision,
  type LoggedEvent,
  type SearchDecision,
  type SearchFact,
} from '../../src/search/fold/search-event.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import type { PlannedTraining, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { simulatedPlan } from '../support/simulated-plan.ts';

/*
 * A log of ASHA as it was before it counted all that may still come to a rung: it pruned sooner. Recorded by that version in
 * the middle of a search, with trainings that run and trainings that wait.
 */
const recorded: { readonly seed: number; readonly log: readonly LoggedEvent[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'asha-before.json'), 'utf8'),
);
const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 16 };
const { definition: plain, inputs } = simulatedPlan({ name: 'before', trainings: 1, parallelism: 4, simulation });
const definition: SweepDefinition = {
  ...plain,
  space: { dropout_rate: [0, 0.8], rank: [2, 4, 8] },
  scales: { dropout_rate: 'linear' },
  search: { kind: 'tpe', trials: 24, seed: recorded.seed, startup: 6 },
  scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
};

/** Folds the log, and goes on until nothing runs any more. @returns all decisions that were recorded and that followed */
function goOn(log: readonly LoggedEvent[]) {
  const state = new SearchState([{ definition, inputs }]);
  const scheduler = makeScheduler(definition.scheduler);
  const made: SearchDecision[] = [];
  const trainings: PlannedTraining[] = [];
  const going: { readonly ordinal: number; readonly rung: number }[] = [];
  const reached = new Map<number, number>();
  const apply = (event: SearchDecision | SearchFact): void => {
    state.apply(event);
    if (!isDecision(event)) return;
    made.push(event);
    if (event.kind === 'promote') going.push({ ordinal: event.ordinal, rung: event.rung + 1 });
    if (event.kind === 'suggest')
      for (const training of state.trainingsOf(event)) {
        trainings.push(training);
        going.push({ ordinal: training.ordinal, rung: 0 });
      }
  };
  const hear = (fact: SearchFact): void => {
    const place = going.findIndex(({ ordinal, rung }) => ordinal === fact.ordinal && rung === fact.rung);
    if (place >= 0) going.splice(place, 1);
    reached.set(fact.ordinal, fact.rung);
    apply(fact);
  };
  for (const { event } of log) {
    if (!isDecision(event) && (event.kind === 'report' || event.kind === 'result')) hear(event);
    else apply(event);
  }
  const before = made.length;
  const follow = (): void => {
    for (let next = state.next(); next !== null; next = state.next()) apply(next);
  };
  follow();
  for (let next = going[0]; next !== undefined; next = going[0]) {
    const isLast = next.rung === scheduler.rungCount(next.ordinal) - 1;
    hear({ kind: isLast ? 'result' : 'report', ...next, value: 1 - ((next.ordinal * 7) % 13) / 20 });
    follow();
  }
  return { made, before, trainings, reached };
}

describe('a search of the version before, whose scheduler decided otherwise', () => {
  it('shows in its replay which decisions are not what follows now, and keeps them', () => {
    const { differences, decisions } = replaySearch([{ definition, inputs }], recorded.log);
    expect(differences.map((each) => each.recorded)).toEqual([
      'prune training 1 at rung 1',
      'prune training 11 at rung 1',
      'prune training 8 at rung 1',
    ]);
    expect(decisions).toBeGreaterThan(40);
  });

  it('goes on to its end: nothing is decided twice, and whoever waits is decided', () => {
    const { made, before, trainings, reached } = goOn(recorded.log);
    expect(made.length).toBeGreaterThan(before);
    const keys = made.map(({ kind, ordinal, rung }) =>
      kind === 'promote' || kind === 'prune' ? `${ordinal}/${rung}` : `${kind} ${ordinal}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(trainings).toHaveLength(24);
    for (const { ordinal } of trainings) {
      const rung = reached.get(ordinal) ?? -1;
      if (rung === 2) continue;
      const decision = made.find((each) => each.kind !== 'suggest' && each.ordinal === ordinal && each.rung === rung);
      expect(`training ${ordinal} at rung ${rung}: ${decision?.kind}`).toBe(
        `training ${ordinal} at rung ${rung}: prune`,
      );
    }
  });

  it('counts who has gone on by the log, so that nobody waits for one that was pruned', () => {
    const { report, decide, four } = laddered();
    // What this version would promote was pruned, and what it would prune was promoted.
    for (const [ordinal, value] of [0.9, 0.8, 0.1, 0.2].entries()) four.apply(report(ordinal, 0, value));
    for (const [ordinal, kind] of (['prune', 'promote', 'prune', 'prune'] as const).entries())
      four.apply(decide(ordinal, 0, kind));
    expect(four.next()).toBeNull();
    four.apply(report(1, 1, 0.8));
    expect(four.next()).toMatchObject({ kind: 'promote', ordinal: 1, rung: 1 });
  });
});

function laddered() {
  const fact = (kind: SearchFact['kind'], ordinal: number, rung: number, value: number): SearchFact => {
    return { kind, ordinal, rung, value };
  };
  const four = new SearchState([
    { definition: { ...definition, search: { kind: 'random', trials: 4, seed: 0 } }, inputs },
  ]);
  four.apply(fact('planned', 0, 0, 4));
  return {
    four,
    report: (ordinal: number, rung: number, value: number) => fact('report', ordinal, rung, value),
    decide: (ordinal: number, rung: number, kind: 'promote' | 'prune'): SearchDecision => {
      return { kind, ordinal, rung, reason: 'by another version' };
    },
  };
}
