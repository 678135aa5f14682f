import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSweepFile } from '../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { demandSearch } from '../../src/search/planning/plan-sweep.ts';
import { planSweep } from '../support/whole-plan.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { searchSections } from '../../src/search/search-sections.ts';
import { taskSections } from '../../src/tasks/tasks.ts';

const everything = { isFile: () => true, isFolder: () => true };

function example(name: string): SweepDefinition {
  const file = resolve(import.meta.dirname, `../../examples/${name}.yaml`);
  return parseSweepFile(readFileSync(file, 'utf8'), file, everything, taskSections, searchSections);
}

describe('planning a sweep', () => {
  it('makes 10 trainings and 26 trials of the quickstart, 10 points of its 36 being the same without dropout', () => {
    const plan = planSweep(example('quickstart'), resolvedInputs());
    expect(plan.trainings).toHaveLength(10);
    expect(plan.trials).toBe(26);
    expect(plan.merged_points).toBe(10);
    expect(plan.trainings.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [first, , third] = plan.trainings;
    expect(first?.specification.configuration).toMatchObject({ dropout_rate: 0, train_instances: 1, seed: 0 });
    expect(first?.evaluations.map(({ configuration }) => configuration)).toEqual([
      { split: 'dev', mode: 'raw', dropout_rate: 0, ensemble_size: 1, mask_seed: 0, aggregate: 'logits' },
    ]);
    expect(third?.evaluations.map(({ configuration }) => configuration.ensemble_size)).toEqual([1, 2, 4]);
    expect(first?.specification.total_steps).toBe(96);
    expect(first?.rung_steps).toEqual([96]);
  });

  it('scores the dev rows first, which a search decides by, however the splits are ordered', () => {
    const csv = example('csv');
    const [request] = csv.evaluations;
    if (request === undefined) throw new Error('the example evaluates');
    const evaluations = (['test', 'dev'] as const).map((split) => ({ ...request, split }));
    const tested = resolvedInputs({ test: { hash: 'e'.repeat(64), rows: 400 } });
    const { trainings } = planSweep({ ...csv, evaluations }, tested);
    expect(trainings[0]?.evaluations.map(({ configuration }) => configuration.split)).toEqual(['dev', 'test']);
  });

  it('gives every training of a sweep an identity of its own', () => {
    const plan = planSweep(example('csv'), resolvedInputs());
    const hashes = plan.trainings.map(({ training_hash }) => training_hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('knows a training again when another adapter, with fields of its own, joins the sweep', () => {
    const csv = example('csv');
    const hashes = (definition: SweepDefinition) =>
      planSweep(definition, resolvedInputs()).trainings.map(({ training_hash }) => training_hash);
    const both = { ...csv, space: { ...csv.space, adapter: ['lora', 'adalora'], orthogonality: [0.1, 0.3] } };
    // LoRA's points with either orthogonality are one.
    expect(hashes(both)).toHaveLength(3 * hashes(csv).length);
    expect(hashes(both)).toEqual(expect.arrayContaining(hashes(csv)));
  });

  it('refuses phases without allocation that leave no step between them', () => {
    const csv = example('csv');
    const adapter = { adapter: 'adalora', allocation_warmup_fraction: 0.5, allocation_final_fraction: 0.5 } as const;
    const crowded = { ...csv, training: { ...csv.training, ...adapter } };
    expect(() => planSweep(crowded, resolvedInputs())).toThrow('no steps are left');
  });

  it('refuses a schedule of ranks that never reaches its target, with the numbers', () => {
    const csv = example('csv');
    const planned = (final: number) => {
      const adapter = { adapter: 'adalora', rank: 6, target_rank: 4, allocation_final_fraction: final } as const;
      const training = { ...csv.training, ...adapter, epochs: 1, batch_size: 40 };
      return planSweep({ ...csv, training }, resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 400 } }));
    };
    expect(() => planned(0.05)).toThrow(/never reach target_rank[^]*got: 0\.05 of 10 steps[^]*at least 0\.1,/);
    expect(planned(0.1).trainings[0]?.specification.total_steps).toBe(10);
  });

  it('ends rungs at shares of the steps, and refuses more rungs than steps', () => {
    const halving = example('halving');
    const plan = planSweep(halving, resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 400 } }));
    expect(plan.trainings).toHaveLength(16);
    expect(plan.trainings[0]?.rung_steps).toEqual([26, 52, 104]);
    const short = { ...halving, training: { ...halving.training, epochs: 1, batch_size: 512 } };
    expect(() => planSweep(short, resolvedInputs())).toThrow('a training has too few steps for its rungs');
  });

  it('counts points before it makes any, takes 200,000 and refuses a million', () => {
    const counted = (instances: number, seeds: number): SweepDefinition => {
      const upTo = (count: number) => Array.from({ length: count }, (_, value) => value + 1);
      return { ...example('quickstart'), space: { train_instances: upTo(instances), seed: upTo(seeds) } };
    };
    expect(() => demandSearch(counted(400, 500))).not.toThrow();
    expect(() => demandSearch(counted(1_000, 1_000))).toThrow(
      expect.objectContaining({
        code: 'SWEEP_FILE_INVALID',
        facts: expect.objectContaining({ where: 'space', got: '1000000 points', expected: 'at most 200000' }),
      }),
    );
    const random = { kind: 'random', trials: 200_001, seed: 0 } as const;
    expect(() => planSweep({ ...counted(2, 1), search: random }, resolvedInputs())).toThrow('more points');
  });

  it('refuses to decide by an objective that no evaluation has', () => {
    const halving = { ...example('halving'), objectives: [{ metric: 'complexity', direction: 'minimize' as const }] };
    expect(() => planSweep(halving, resolvedInputs())).toThrow('the search cannot decide by its first objective');
    expect(() => demandSearch({ ...halving, scheduler: { kind: 'none' } })).not.toThrow();
  });

  it('refuses a race without seeds to race over, and fronts over what no evaluation has', () => {
    const race = { ...example('quickstart'), scheduler: { kind: 'racing', error: 0.05, least: 2 } };
    const seeds = (seed: readonly number[]) => ({ ...race, space: { rank: [2, 4], seed } });
    expect(() => demandSearch({ ...race, space: { rank: [2, 4] } })).toThrow('scheduler racing has too few seeds');
    expect(() => demandSearch(seeds([0, 1]))).toThrow('at least 3');
    expect(() => demandSearch(seeds([0, 1, 2]))).not.toThrow();
    const fronts = {
      ...example('halving'),
      objectives: [
        { metric: 'accuracy', direction: 'maximize' as const },
        { metric: 'train_seconds', direction: 'minimize' as const },
      ],
    };
    expect(() => demandSearch(fronts)).not.toThrow();
    expect(() => demandSearch({ ...fronts, scheduler: { ...fronts.scheduler, by: 'front' } })).toThrow('objectives[1]');
  });

  it('leaves out points that break a constraint, and says where there is none left', () => {
    const definition = { ...example('quickstart'), space: { rank: [2, 4, 8], train_instances: [1, 4] } };
    const training = { ...definition.training, dropout_rate: 0.5 };
    const plan = planSweep({ ...definition, training, constraints: ['rank * N <= 8'] }, resolvedInputs());
    expect(plan.trainings).toHaveLength(4);
    expect(plan).toMatchObject({ left_out_points: 2, merged_points: 0 });
    const seeds = { ...definition, space: { ...definition.space, seed: [0, 1, 2] }, training };
    expect(planSweep({ ...seeds, constraints: ['rank * N <= 8'] }, resolvedInputs())).toMatchObject({
      left_out_points: 2,
    });
    expect(planSweep({ ...seeds, constraints: ['seed < 2'] }, resolvedInputs())).toMatchObject({ left_out_points: 6 });
    const broken = { ...definition, training, constraints: ['rank > 8'] };
    expect(() => planSweep(broken, resolvedInputs())).toThrow('no point of the space can be trained');
  });

  it('keeps the trainings of a sweep when axes are added, and its own hash when only the way it is run changes', () => {
    const definition = example('quickstart');
    const inputs = resolvedInputs();
    const plan = planSweep(definition, inputs);
    const more = planSweep({ ...definition, space: { ...definition.space, seed: [0, 1, 2] } }, inputs);
    const known = new Set(more.trainings.map(({ training_hash }) => training_hash));
    expect(plan.trainings.every(({ training_hash }) => known.has(training_hash))).toBe(true);
    expect(more.canonical_hash).not.toBe(plan.canonical_hash);
    expect(planSweep({ ...definition, parallelism: 7, priority: 3 }, inputs).canonical_hash).toBe(plan.canonical_hash);
    const moved = { ...inputs, base: { ...inputs.base, folder: '/elsewhere', reference: './elsewhere' } };
    expect(planSweep(definition, moved).canonical_hash).toBe(plan.canonical_hash);
  });
});
