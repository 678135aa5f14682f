import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { isDecision } from '../../src/search/fold/search-event.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { planSweep } from '../support/whole-plan.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten, everyKind } from './every-kind.ts';
import { playDisturbed } from './play-disturbed.ts';

/*
 * The laws of every-search.test.ts, while all that happens to sweeps happens: points that were given first, failures of each
 * class and retries, limits and parallelism that are set, groups of rows, former results, and an extension.
 */

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });
const spaces = {
  ranges:
    'space: {dropout_rate: {min: 0.1, max: 0.75, step: 0.1}, rank: [4, 8, 16], seed: [3, 1, 2]}\nconstraints: [rank * dropout_rate <= 10]',
  lists:
    'space: {dropout_rate: [0.3, 0.6], rank: [4, 8, 16], seed: [3, 1, 2]}\nconstraints: [rank * dropout_rate <= 9]',
};
const given = 'enqueue: [{dropout_rate: 0.3, rank: 8}]';

/** The search with a point that is given first. */
function enqueued(written: string): string {
  return written.replace(/^search: (.*)$/m, (_, search: string) =>
    search.endsWith('}') ? `search: ${search.slice(0, -1)}, ${given}}` : `search: {kind: ${search}, ${given}}`,
  );
}

function valueOf({ dropout_rate: p, rank, seed }: TrainingConfiguration, rung: number): number {
  return 1 - (p - 0.3) ** 2 - rank / 200 + ((seed * 37) % 11) / 500 + rung / 100;
}

/** Kinds of events that were met in all plays. */
const met = new Set<string>();

describe.each(everyKind)('search $sampler.kind with scheduler $scheduler.kind', ({ sampler, written }) => {
  const file = (trials: number) =>
    definitionWritten(
      sampler.ranges ? spaces.ranges : spaces.lists,
      'budget: {no_better_since: 25, failures: 9}',
      enqueued(written(trials)),
    );
  const definition = file(6);
  const plan = planSweep(definition, inputs);
  const adapts = plan.adaptive_trainings !== undefined;
  const play = (turns: Iterator<number>) =>
    playDisturbed({
      ...{ definition, inputs, valueOf, turns, planned: adapts ? [] : plan.trainings },
      ...(adapts ? { larger: file(9) } : {}),
    });

  it('keeps its laws whatever happens', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (turns, cuts) => {
        const { log, trainings, stages } = play(turns);
        for (const { event } of log) met.add(event.kind);
        const hashes = trainings.map(({ training_hash }) => training_hash);
        expect(new Set(hashes).size).toBe(hashes.length);
        for (const { specification } of trainings) {
          const { dropout_rate: p, rank } = specification.configuration;
          expect(rank * p).toBeLessThanOrEqual(10);
        }
        const decided = log.flatMap(({ event }) =>
          event.kind === 'promote' || event.kind === 'prune' ? [`${event.ordinal}/${event.rung}`] : [],
        );
        expect(new Set(decided).size).toBe(decided.length);
        expect(replaySearch(stages, log)).toMatchObject({ events: log.length, differences: [] });
        const whole = new SearchState(stages);
        let pieces = new SearchState(stages);
        for (const [place, { event }] of log.entries()) {
          if (cuts.some((cut) => cut % log.length === place))
            pieces = new SearchState(stages, FoldMemory.read(pieces.memory.spelled()));
          if (isDecision(event)) expect(pieces.next()).toEqual(event);
          whole.apply(event);
          pieces.apply(event);
        }
        expect(pieces.next()).toEqual(whole.next());
        expect(pieces.memory.spelled()).toBe(whole.memory.spelled());
      }),
      { numRuns: 4 },
    );
  });
});

it('met all that was to happen', () => {
  const wanted = [
    'learned',
    'extended',
    'retract',
    'capacity',
    'repeat',
    'budget_trials',
    'halt',
    'stop',
    'promote',
    'prune',
  ];
  expect(wanted.filter((kind) => !met.has(kind))).toEqual([]);
});
