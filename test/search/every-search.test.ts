import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';
import { planSweep } from '../support/whole-plan.ts';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { isDecision, type LoggedEvent } from '../../src/search/fold/search-event.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten, everyKind } from './every-kind.ts';
import { playSearch } from './play-search.ts';

/*
 * The laws of searches, over every sampler with every scheduler that is registered, and over spaces of all kinds: steps,
 * zero beside a range, an axis that is there for one adapter alone, a constraint, seeds as repeats.
 */

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });

const ranges = [
  'space:',
  '  dropout_rate: {min: 0.1, max: 0.75, step: 0.1}',
  '  sparsity: {zero_or: {min: 1e-6, max: 1e-2, scale: log}}',
  '  rank: [4, 8, 16]',
  '  train_instances: [1, 2, 4]',
  '  adapter: [lora, adalora]',
  '  target_rank: {choice: [1, 2], when: {adapter: adalora}}',
  '  seed: [3, 1, 2]',
  'constraints: [rank * train_instances <= 32]',
].join('\n');

const lists = [
  'space:',
  '  dropout_rate: [0, 0.3, 0.6]',
  '  rank: [4, 16]',
  '  adapter: [lora, adalora]',
  '  target_rank: {choice: [1, 2], when: {adapter: adalora}}',
  '  seed: [3, 1, 2]',
  'constraints: [rank * dropout_rate <= 5]',
].join('\n');

/** Near p = 0.3 is best, by the seed a little better or worse; some fail. */
function value({ dropout_rate: p, rank, seed }: TrainingConfiguration, rung: number): number | null {
  if (rank === 16 && p > 0.65) return null;
  return 1 - (p - 0.3) ** 2 - rank / 200 + ((seed * 37) % 11) / 500 + rung / 100;
}

/** Whether a configuration is one that the space has, told without the search's own code. */
function isAllowed(ranged: boolean, configuration: TrainingConfiguration): boolean {
  const { dropout_rate: p, sparsity, rank, train_instances: instances, adapter, target_rank, seed } = configuration;
  if (
    ![1, 2, 3].includes(seed) ||
    (adapter === 'lora' ? target_rank !== undefined : ![1, 2].includes(target_rank ?? 0))
  )
    return false;
  if (!ranged) return [0, 0.3, 0.6].includes(p) && [4, 16].includes(rank) && rank * p <= 5;
  return (
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].includes(p) &&
    (sparsity === 0 || (sparsity >= 1e-6 && sparsity <= 1e-2)) &&
    [4, 8, 16].includes(rank) &&
    [1, 2, 4].includes(instances) &&
    rank * instances <= 32
  );
}

describe.each(everyKind)('search $sampler.kind with scheduler $scheduler.kind', ({ sampler, written }) => {
  const definition = definitionWritten(sampler.ranges ? ranges : lists, written(7));
  const plan = planSweep(definition, inputs);
  const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
  const stages = [{ definition, inputs }];
  const orders = fc.infiniteStream(fc.nat());
  const runs = { numRuns: 4 };

  it('stays within its space, trains nothing twice, comes to an end, and takes no decision back', () => {
    fc.assert(
      fc.property(orders, (turns) => {
        const { trainings, log } = playSearch(definition, inputs, value, turns, planned);
        const hashes = trainings.map(({ training_hash }) => training_hash);
        expect(new Set(hashes).size).toBe(hashes.length);
        for (const { specification } of trainings)
          expect(specification.configuration).toSatisfy((one: TrainingConfiguration) => isAllowed(sampler.ranges, one));
        const ended = log.filter(({ event }) => event.kind === 'result' || event.kind === 'prune');
        expect(new Set(ended.map(({ event }) => event.ordinal)).size).toBe(trainings.length);
        const decided = log.flatMap(({ event }) =>
          event.kind === 'promote' || event.kind === 'prune' ? [`${event.ordinal}/${event.rung}`] : [],
        );
        expect(new Set(decided).size).toBe(decided.length);
      }),
      runs,
    );
  });

  it('decides by the order of its events alone, and the same in pieces, through snapshots, as in one go', () => {
    fc.assert(
      fc.property(orders, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (turns, cuts) => {
        const { log } = playSearch(definition, inputs, value, turns, planned);
        expect(replaySearch(stages, log)).toMatchObject({ events: log.length, differences: [] });
        const whole = new SearchState(stages);
        let pieces = new SearchState(stages);
        log.forEach(({ event }: LoggedEvent, place) => {
          if (cuts.some((cut) => cut % log.length === place)) {
            pieces = new SearchState(stages, FoldMemory.read(pieces.memory.spelled()));
            expect(pieces.memory.spelled()).toBe(whole.memory.spelled());
          }
          if (isDecision(event)) {
            expect(whole.next()).toEqual(event);
            expect(pieces.next()).toEqual(event);
          }
          whole.apply(event);
          pieces.apply(event);
        });
        expect(pieces.next()).toEqual(whole.next());
        expect(pieces.memory.spelled()).toBe(whole.memory.spelled());
      }),
      runs,
    );
  });
});
