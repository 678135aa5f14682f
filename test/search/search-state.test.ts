import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import { replaySearch } from '../../src/search/fold/replay.ts';
import { isDecision, type SearchDecision, type SearchEvent } from '../../src/search/fold/search-event.ts';
import { SearchState } from '../../src/search/fold/search-state.ts';
import type { ResolvedInputs, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { trainingDefaults } from '../../src/sweep/training-fields.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { playSearch } from './play-search.ts';

/** The decisions that follow from all that was recorded, in the order in which they are to be recorded. */
function react(
  definition: SweepDefinition,
  inputs: ResolvedInputs,
  events: readonly SearchEvent[],
): readonly SearchDecision[] {
  const state = new SearchState([{ definition, inputs }]);
  for (const event of events) state.apply(event);
  const decisions: SearchDecision[] = [];
  for (let next = state.next(); next !== null; next = state.next()) {
    state.apply(next);
    decisions.push(next);
  }
  return decisions;
}

const { keep: _keep, ...training } = trainingDefaults;
const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });

function definitionOf(change: Partial<SweepDefinition>): SweepDefinition {
  return {
    name: 's',
    base: 'base',
    task: { kind: 'text-classification', data: { kind: 'package', package: 'spam-assassin' }, split_seed: 0 },
    space: { dropout_rate: [0, 0.8], rank: [2, 4, 8], learning_rate: [1e-4, 1e-2], pooling: ['family', 'mean'] },
    scales: { dropout_rate: 'linear', learning_rate: 'log' },
    training,
    evaluations: [
      { split: 'dev', mode: 'ensemble', dropout_rate: null, ensemble_size: 2, mask_seed: 0, aggregate: 'logits' },
    ],
    search: { kind: 'tpe', trials: 24, seed: 3, startup: 6 },
    scheduler: { kind: 'none' },
    objectives: [{ metric: 'accuracy', direction: 'maximize' }],
    parallelism: 3,
    priority: 0,
    trainer: 'onnx',
    ...change,
  };
}

/** Best at p = 0.3 and a learning rate of 1e-3; some fail. */
function value(
  { dropout_rate: p, learning_rate: rate, rank, seed }: TrainingConfiguration,
  rung: number,
): number | null {
  if (rank === 8 && p > 0.6) return null;
  return ((seed * 37) % 11) / 200 + 1 - (p - 0.3) ** 2 - Math.log10(rate / 1e-3) ** 2 / 10 + rung / 100;
}

const halving = { kind: 'halving', rungs: [0.25, 0.5], keep: 0.5 };
const searches: Readonly<Record<string, Partial<SweepDefinition>>> = {
  tpe: {},
  'tpe with halving': { scheduler: halving },
  'tpe with asynchronous halving': { scheduler: { kind: 'asha', rungs: [0.1, 0.3], keep: 1 / 3 } },
  'tpe with a budget and halving': { budget: { no_better_since: 3, failures: 2 }, scheduler: halving },
  'tpe with median stopping': { scheduler: { kind: 'median', rungs: [0.25], least: 3 } },
  'tpe with Hyperband': { scheduler: { kind: 'hyperband', least: 1 / 9, keep: 1 / 3, brackets: 3 } },
  'tpe over lists alone, more points than there are': {
    space: { dropout_rate: [0.1, 0.2], rank: [2, 4, 8] },
    scales: {},
  },
  'tpe with seeds as repeats': {
    space: { dropout_rate: [0, 0.8], seed: [1, 2] },
    scales: { dropout_rate: 'linear' },
    search: { kind: 'tpe', trials: 9, seed: 1, startup: 4 },
  },
  'tpe with halving by fronts': {
    scheduler: { ...halving, by: 'front' },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'ece', direction: 'minimize' },
    ],
  },
  'tpe by fronts': {
    search: { kind: 'tpe', trials: 24, seed: 3, startup: 6, by: 'front' },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'ece', direction: 'minimize' },
    ],
  },
  'NSGA-II with an axis that is not always there': {
    space: {
      dropout_rate: [0, 0.8],
      learning_rate: [1e-4, 1e-2],
      adapter: ['lora', 'adalora'],
      rank: [2, 4, 8],
      target_rank: [1, 2],
    },
    scales: { dropout_rate: 'linear', learning_rate: 'log' },
    axes: { target_rank: { when: { adapter: ['adalora'] } } },
    search: { kind: 'nsga2', trials: 24, seed: 3, population: 6 },
    objectives: [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'ece', direction: 'minimize' },
    ],
  },
  'tpe with PASHA': { scheduler: { kind: 'pasha', rungs: [0.1, 0.3, 0.6], keep: 0.5 } },
  'a grid with Wilcoxon pruning over rungs and seeds': {
    space: { dropout_rate: [0.1, 0.3, 0.7], rank: [2, 8], seed: [1, 2, 3] },
    scales: {},
    search: { kind: 'grid' },
    scheduler: { kind: 'wilcoxon', rungs: [0.25, 0.5], p: 0.2, least: 2 },
  },
  'a grid with a race over seeds': {
    space: { dropout_rate: [0.1, 0.3, 0.7], rank: [2, 8], seed: [1, 2, 3, 4] },
    scales: {},
    search: { kind: 'grid' },
    scheduler: { kind: 'racing', error: 0.05, least: 2 },
  },
  'tpe with a race over seeds': {
    space: { dropout_rate: [0, 0.8], learning_rate: [1e-4, 1e-2], seed: [1, 2, 3, 4, 5] },
    scales: { dropout_rate: 'linear', learning_rate: 'log' },
    search: { kind: 'tpe', trials: 9, seed: 1, startup: 4 },
    scheduler: { kind: 'racing', error: 0.05, least: 2 },
  },
  'tpe with a race over seeds and a budget': {
    space: { dropout_rate: [0, 0.8], seed: [1, 2, 3, 4] },
    scales: { dropout_rate: 'linear' },
    search: { kind: 'tpe', trials: 9, seed: 1, startup: 4 },
    scheduler: { kind: 'racing', error: 0.05, least: 2 },
    budget: { trainings: 12 },
  },
  'a grid with halving': {
    space: { dropout_rate: [0.1, 0.2, 0.3], rank: [2, 4, 8] },
    scales: {},
    search: { kind: 'grid' },
    scheduler: halving,
  },
};

describe.each(Object.entries(searches))('the search %s', (_, change) => {
  const definition = definitionOf(change);
  const plan = planSweep(definition, inputs);
  const atOnce = plan.adaptive_trainings === undefined ? plan.trainings : [];
  const play = (turns: Iterator<number>) => playSearch(definition, inputs, value, turns, atOnce);
  const orders = fc.infiniteStream(fc.nat());
  const runs = { numRuns: 15 };

  it('comes to its end, never trains the same twice, and stays within its space', () => {
    fc.assert(
      fc.property(orders, (turns) => {
        const { trainings, log } = play(turns);
        const hashes = trainings.map(({ training_hash }) => training_hash);
        expect(new Set(hashes).size).toBe(hashes.length);
        expect(trainings.map(({ ordinal }) => ordinal)).toEqual(hashes.map((_hash, ordinal) => ordinal));
        const ended = new Set(
          log.flatMap(({ event }) => (event.kind === 'result' || event.kind === 'prune' ? [event.ordinal] : [])),
        );
        // Who waits when a budget is spent is let go.
        const halted = log.some(({ event }) => event.kind === 'halt');
        if (!halted) expect(ended.size).toBe(trainings.length);
        for (const { specification } of trainings) {
          const { dropout_rate: p, learning_rate: rate, rank } = specification.configuration;
          expect(p).toBeGreaterThanOrEqual(0);
          expect(p).toBeLessThanOrEqual(0.8);
          expect(rate).toBeGreaterThanOrEqual(1e-4);
          expect(rate).toBeLessThanOrEqual(1e-2);
          expect([2, 4, 8]).toContain(rank);
        }
      }),
      runs,
    );
  });

  it('decides by the order of events alone: folded again, its decisions are the recorded ones', () => {
    fc.assert(
      fc.property(orders, (turns) => {
        const { log } = play(turns);
        expect(replaySearch([{ definition, inputs }], log)).toMatchObject({ events: log.length, differences: [] });
      }),
      runs,
    );
  });

  it('decides the same from a fold in pieces as from one in one go', () => {
    fc.assert(
      fc.property(orders, fc.nat(), (turns, cut) => {
        const { log } = play(turns);
        const at = cut % log.length;
        const whole = new SearchState([{ definition, inputs }]);
        const pieces = new SearchState([{ definition, inputs }]);
        for (const { event } of log.slice(0, at)) {
          whole.apply(event);
          pieces.next();
          pieces.apply(event);
          pieces.next();
        }
        expect(pieces.next()).toEqual(whole.next());
        expect(pieces.due).toEqual(whole.due);
        // All that follows, from nothing but the recorded events: what was recorded next, as far as facts allow.
        const follows = react(
          definition,
          inputs,
          log.slice(0, at).map(({ event }) => event),
        );
        const recorded = log.slice(at).map(({ event }) => event);
        const nextFact = recorded.findIndex((event) => !isDecision(event));
        if (at > 1) expect(follows).toEqual(recorded.slice(0, nextFact < 0 ? recorded.length : nextFact));
      }),
      runs,
    );
  });

  it('takes no decision back, and says why it took it', () => {
    fc.assert(
      fc.property(orders, (turns) => {
        const decisions = play(turns).log.flatMap(({ event }) => (isDecision(event) ? [event] : []));
        const rungs = decisions
          .filter(({ kind }) => kind === 'promote' || kind === 'prune')
          .map(({ ordinal, rung }) => `${ordinal}/${rung}`);
        expect(new Set(rungs).size).toBe(rungs.length);
        for (const { reason } of decisions) expect(reason.length).toBeGreaterThan(8);
      }),
      runs,
    );
  });
});

describe('a search that adapts', () => {
  it('begins at launch with the points that follow from no result, the random search’s', () => {
    const adaptive = planSweep(definitionOf({}), inputs);
    expect(adaptive.adaptive_trainings).toBe(24);
    const random = planSweep(definitionOf({ search: { kind: 'random', trials: 24, seed: 3 } }), inputs);
    expect(adaptive.trainings.map(({ training_hash }) => training_hash)).toEqual(
      random.trainings.slice(0, 6).map(({ training_hash }) => training_hash),
    );
  });

  it('keeps one more in store than can run once points follow from results', () => {
    const { log } = playSearch(definitionOf({}), inputs, value, [0][Symbol.iterator]());
    let open = 0;
    let most = 0;
    for (const { event } of log) {
      if (event.kind === 'suggest') open += 1;
      if (event.kind === 'result') open -= 1;
      if (event.kind === 'suggest' && event.ordinal >= 6) most = Math.max(most, open);
    }
    expect(most).toBe(4);
  });

  it('finds better points than the random search does', () => {
    const best = (search: SweepDefinition['search']): number => {
      const definition = definitionOf({ search, space: { dropout_rate: [0, 0.8], learning_rate: [1e-4, 1e-2] } });
      const plan = planSweep(definition, inputs);
      const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
      const { log } = playSearch(definition, inputs, value, [0][Symbol.iterator](), planned);
      const trials = planned.map(({ specification }) => value(specification.configuration, 0) ?? 0);
      return Math.max(...trials, ...log.flatMap(({ event }) => (event.kind === 'result' ? [event.value ?? 0] : [])));
    };
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);
    const won = seeds.filter(
      (seed) => best({ kind: 'tpe', trials: 40, seed, startup: 10 }) >= best({ kind: 'random', trials: 40, seed }),
    );
    expect(won.length).toBeGreaterThanOrEqual(8);
  });
});
