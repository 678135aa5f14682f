import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSweep } from '../support/whole-plan.ts';
import type { SearchDefinition } from '../../src/sweep/sweep-definition.ts';
import type { TrainingConfiguration } from '../../src/sweep/vocabulary.ts';
import { trainingDefaults } from '../../src/sweep/training-fields.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { playSearch } from './play-search.ts';

const { keep: _keep, ...training } = trainingDefaults;
const inputs = resolvedInputs();

/** Steps, zero besides a range, an axis that is there for one adapter, and a constraint. */
function definitionOf(search: SearchDefinition) {
  return {
    name: 's',
    base: 'base',
    task: {
      kind: 'text-classification',
      data: { kind: 'package' as const, package: 'spam-assassin' as const },
      split_seed: 0,
    },
    space: {
      dropout_rate: [0.1, 0.75],
      sparsity: [1e-6, 1e-2],
      rank: [4, 16],
      train_instances: [1, 2, 4],
      target_rank: [1, 2],
      adapter: ['lora', 'adalora'],
    },
    scales: { dropout_rate: 'linear' as const, sparsity: 'log' as const, rank: 'linear' as const },
    axes: {
      dropout_rate: { step: 0.1 },
      sparsity: { zero_or: true as const },
      rank: { step: 4 },
      target_rank: { when: { adapter: ['adalora'] } },
    },
    constraints: ['rank * N <= 32'],
    training,
    evaluations: [
      {
        split: 'dev',
        mode: 'ensemble',
        dropout_rate: null,
        ensemble_size: 2,
        mask_seed: 0,
        aggregate: 'logits',
      } as const,
    ],
    search,
    scheduler: { kind: 'none' },
    objectives: [{ metric: 'accuracy', direction: 'maximize' as const }],
    parallelism: 3,
    priority: 0,
    trainer: 'onnx' as const,
  };
}

const value = ({ dropout_rate: p, rank }: TrainingConfiguration) => 1 - (p - 0.4) ** 2 - rank / 100;

describe.each([
  { kind: 'random', trials: 120, seed: 2 },
  { kind: 'sobol', trials: 128, seed: 2, scramble: 'owen' },
  { kind: 'tpe', trials: 90, seed: 2, startup: 20 },
])('points of search: $kind', (search) => {
  const definition = definitionOf(search);
  const plan = planSweep(definition, inputs);

  it('are on their steps, zero or in their range, without what is not there for them, and within the constraint', () => {
    const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
    const { trainings } = playSearch(definition, inputs, value, [0][Symbol.iterator](), planned);
    const configurations = trainings.map(({ specification }) => specification.configuration);
    expect(configurations.length).toBeGreaterThan(50);
    for (const {
      dropout_rate: p,
      sparsity,
      rank,
      train_instances: instances,
      adapter,
      target_rank,
    } of configurations) {
      expect([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]).toContain(p);
      expect([4, 8, 12, 16]).toContain(rank);
      expect(rank * instances).toBeLessThanOrEqual(32);
      expect(sparsity === 0 || (sparsity >= 1e-6 && sparsity <= 1e-2)).toBe(true);
      if (adapter === 'lora') expect(target_rank).toBeUndefined();
      else expect([1, 2]).toContain(target_rank);
    }
    for (const sparse of [true, false])
      expect(configurations.some(({ sparsity }) => (sparsity === 0) === sparse)).toBe(true);
    expect(new Set(configurations.map(({ dropout_rate: p }) => p)).size).toBe(7);
    expect(new Set(configurations.map(({ adapter }) => adapter)).size).toBe(2);
  });
});

describe('enqueued points', () => {
  const points = [
    { dropout_rate: 0.2, sparsity: 0, rank: 8, train_instances: 2, adapter: 'lora' },
    { dropout_rate: 0.3, sparsity: 1e-4, rank: 4, train_instances: 4, adapter: 'adalora', target_rank: 2 },
  ];
  it.each([
    { kind: 'random', trials: 6, seed: 2 },
    { kind: 'tpe', trials: 6, seed: 2, startup: 2 },
  ])('come first in search: $kind, and besides its trials', (search) => {
    const definition = definitionOf({ ...search, enqueue: points });
    const plan = planSweep(definition, inputs);
    const planned = plan.adaptive_trainings === undefined ? plan.trainings : [];
    const { trainings, log } = playSearch(definition, inputs, value, [0][Symbol.iterator](), planned);
    expect(trainings.slice(0, 2).map(({ specification }) => specification.configuration)).toMatchObject(points);
    if (plan.adaptive_trainings === undefined) return;
    expect(plan.adaptive_trainings).toBe(8);
    expect(trainings).toHaveLength(8);
    expect(log.flatMap(({ event }) => (event.kind === 'suggest' ? [event.reason] : []))[1]).toBe(
      'enqueued by the sweep file, point 2',
    );
  });

  it('that are one and the same are trained once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...points), { minLength: 1, maxLength: 5 }), (enqueue) => {
        const definition = definitionOf({ kind: 'tpe', trials: 3, seed: 1, startup: 2, enqueue });
        const { trainings } = playSearch(definition, inputs, value, [0][Symbol.iterator]());
        const hashes = trainings.map(({ training_hash }) => training_hash);
        expect(new Set(hashes).size).toBe(hashes.length);
      }),
      { numRuns: 20 },
    );
  });
});
