import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { markRepeats } from '../../src/search/space/mark-repeats.ts';
import { brokenConstraint, configurationAt, planTraining } from '../../src/search/planning/plan-trainings.ts';
import { planSweep } from '../../src/search/planning/plan-sweep.ts';
import { PointTrainings } from '../../src/search/planning/point-trainings.ts';
import { makeSampler } from '../../src/search/samplers/samplers.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import type { PlannedTraining, PlannedTrainings, SweepDefinition } from '../../src/sweep/sweep-definition.ts';
import { kindName, kindsOf } from '../../src/sweep/training-kinds.ts';
import { resolvedInputs } from '../sweep/sweep-inputs.ts';
import { definitionWritten } from './every-kind.ts';

const inputs = resolvedInputs({ train: { hash: 'd'.repeat(64), rows: 3_200 } });

/** Every training of every point, each spelled whole and compared with all others: what the plan comes to by less. */
function plannedPlainly(definition: SweepDefinition) {
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const sampler = makeSampler(definition);
  if (!sampler.independent) throw new Error('its points follow from results');
  const trainings = new Map<string, PlannedTraining>();
  let leftOut = 0;
  for (let number = 0; number < sampler.size; number += 1) {
    const configuration = configurationAt(definition, sampler.pointAt(number));
    const key = canonicalJson({ ...configuration });
    if (trainings.has(key)) continue;
    if (brokenConstraint(definition, configuration) === null)
      trainings.set(key, planTraining(planner, configuration, trainings.size));
    else leftOut += 1;
  }
  const all = markRepeats([...trainings.values()], planner.scheduler);
  const trials = all.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
  return { trainings: all, trials, merged: (sampler.size - leftOut) * definition.evaluations.length - trials, leftOut };
}

const someOf = <Value>(...values: readonly Value[]) => fc.shuffledSubarray([...values], { minLength: 1 });

const axes = {
  p: someOf(0, 0.25, 0.5),
  sparsity: someOf(0, 0.001),
  N: someOf(1, 2, 4),
  M: someOf(1, 4),
  learning_rate: someOf(1e-4, 5e-4, 1e-3, 2e-3),
  lr_head: someOf(1e-4, 1e-3),
  weight_decay: someOf(0, 0.01),
  rank: someOf(4, 8),
  seed: someOf(0, 1, 2, 3),
};

/** Spaces in which points are merged, left out, conditional, and repeated, with axes in any order. */
const definitions = fc
  .record({
    space: fc.record(axes, { requiredKeys: ['p', 'seed'] }),
    names: fc.shuffledSubarray(Object.keys(axes), { minLength: Object.keys(axes).length }),
    constraint: fc.constantFrom('rank * N <= 16', 'learning_rate * N <= 0.002', 'seed + N <= 4'),
    constrains: fc.boolean(),
    conditional: fc.boolean(),
    search: fc.constantFrom('grid', '{kind: random, trials: 9}', '{kind: sobol, trials: 8}'),
    enqueues: fc.boolean(),
    scheduler: fc.constantFrom(
      'none',
      '{kind: racing}',
      '{kind: hyperband, least: 0.1, keep: 0.33}',
      '{kind: asha, rungs: [0.25, 0.5]}',
    ),
  })
  .map(({ space, names, constraint, constrains, conditional, search, enqueues, scheduler }) => {
    const isConditional = conditional && space.rank?.includes(4) === true;
    const lines = names.flatMap((name) => {
      const values = new Map<string, readonly number[] | undefined>(Object.entries(space)).get(name);
      if (values === undefined) return [];
      const list = `[${values.join(', ')}]`;
      return [`  ${name}: ${name === 'weight_decay' && isConditional ? `{choice: ${list}, when: {rank: 4}}` : list}`];
    });
    const isThere = (name: string): boolean => name !== 'weight_decay' || !isConditional || space.rank?.[0] === 4;
    const first = Object.entries(space).filter(([name]) => !['seed', 'M'].includes(name) && isThere(name));
    const point = first.map(([name, values]) => `${name}: ${values[0]}`).join(', ');
    // The first values may break the constraint: such a point is refused.
    const given =
      enqueues && !constrains && search !== 'grid' ? search.replace('}', `, enqueue: [{${point}}]}`) : search;
    const mayRace = space.seed.length > 2 || !scheduler.includes('racing');
    return definitionWritten(
      ['space:', ...lines, ...(constrains ? [`constraints: [${constraint}]`] : [])].join('\n'),
      `search: ${given}\nscheduler: ${mayRace ? scheduler : 'none'}`,
    );
  });

/** As a sweep file comes back from the record, which sorts the names of objects. */
function recorded<Value>(value: Value): Value {
  return JSON.parse(canonicalJson(JSON.parse(JSON.stringify(value))));
}

function thawed(definition: SweepDefinition, trainings: PlannedTrainings): PlannedTrainings {
  if (!(trainings instanceof PointTrainings)) throw new Error('its trainings are listed');
  return PointTrainings.thaw(recorded(trainings.frozen), [{ definition: recorded(definition), inputs }]);
}

describe('the trainings of points', () => {
  it('are those of every point made at once: the same, in their order, counted, by pages of any size, and again from the record', () => {
    fc.assert(
      fc.property(definitions, fc.integer({ min: 1, max: 40 }), (definition, page) => {
        const plain = plannedPlainly(definition);
        if (plain.trainings.length === 0) {
          expect(() => planSweep(definition, inputs)).toThrow(/no point of the space/);
          return;
        }
        const plan = planSweep(definition, inputs);
        const together =
          definition.constraints?.some((text) => text.includes('seed')) === true ? 1 : definition.space['seed']?.length;
        const { trials, merged_points: merged, left_out_points: leftOut = 0 } = plan;
        expect({ trials, merged, leftOut }).toEqual({
          trials: plain.trials,
          merged: plain.merged,
          // A point with all of its seeds is one, where a constraint does not tell them apart.
          leftOut: plain.leftOut / (together ?? 1),
        });
        expect([...plan.trainings]).toEqual(plain.trainings);
        const again = thawed(definition, plan.trainings);
        for (let start = 0; start < plan.trainings.length; start += page)
          expect(again.slice(start, start + page)).toEqual(plain.trainings.slice(start, start + page));
        expect(kindsOf(plan.trainings).map(({ first, count }) => [kindName(first), count])).toEqual(
          kindsOf(plain.trainings).map(({ first, count }) => [kindName(first), count]),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('of 100,000 points keep a number each, and few of a kind', () => {
    const seeds = Array.from({ length: 500 }, (_, seed) => seed);
    const rates = Array.from({ length: 25 }, (_, rate) => (rate + 1) * 1e-4);
    const definition = definitionWritten(
      `space:\n  p: [0, 0.2, 0.3, 0.4]\n  sparsity: [0, 0.001]\n  learning_rate: [${rates.join(', ')}]\n  seed: [${seeds.join(', ')}]`,
      'search: grid',
    );
    const { trainings, merged_points: merged } = planSweep(definition, inputs);
    // Without dropout both penalties are one.
    expect([trainings.length, merged]).toEqual([87_500, 12_500]);
    expect(kindsOf(trainings)).toHaveLength(3);
    const [last] = trainings.slice(87_499, 87_500);
    expect(last?.specification.configuration).toMatchObject({ dropout_rate: 0.4, sparsity: 0.001, seed: 499 });
    expect(thawed(definition, trainings).slice(87_499, 87_500)).toEqual([last]);
  });
});
