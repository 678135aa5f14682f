import { sha256 } from '../../../src/base/sha256.ts';
import { planSweep } from '../../../src/search/planning/plan-sweep.ts';
import type { SweepDefinition, SweepPlan } from '../../../src/sweep/sweep-definition.ts';
import { simulatedPlan } from '../../support/simulated-plan.ts';

type Search = Pick<SweepDefinition, 'search' | 'scheduler'> & { readonly seeds: readonly number[] };

/** How the sweeps of a run search, by name: all but the first decide by what they have heard. */
const searches = {
  independent: (trials: number, seed: number): Search => ({
    search: { kind: 'random', trials, seed },
    scheduler: { kind: 'none' },
    seeds: [],
  }),
  asha: (trials: number, seed: number): Search => ({
    search: { kind: 'tpe', trials, seed, startup: 10 },
    scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
    seeds: [],
  }),
  pasha: (trials: number, seed: number): Search => ({
    search: { kind: 'tpe', trials, seed, startup: 10 },
    scheduler: { kind: 'pasha', rungs: [0.2, 0.4, 0.6], keep: 0.5 },
    seeds: [],
  }),
  racing: (trials: number, seed: number): Search => ({
    search: { kind: 'tpe', trials: Math.ceil(trials / 5), seed, startup: 10 },
    scheduler: { kind: 'racing', error: 0.05, least: 2 },
    seeds: [0, 1, 2, 3, 4],
  }),
} as const;

export type SearchName = keyof typeof searches;
export const searchNames = Object.keys(searches) as readonly SearchName[];

export function isSearchName(name: string): name is SearchName {
  return Object.hasOwn(searches, name);
}

export interface ChaosSweep {
  readonly name: string;
  readonly search: SearchName;
  readonly plan: SweepPlan;
  readonly trainings: number;
}

const simulation = { step_ms: 6, failure_rate: 0.03, crash_rate: 0, steps: 20 };

/** A simulated sweep of about so many trainings, none of which any other sweep has. */
export function chaosSweep(name: string, search: SearchName, trainings: number, seed: number): ChaosSweep {
  const { seeds, ...how } = searches[search](trainings, seed);
  const { definition, inputs } = simulatedPlan({ name, trainings: 1, parallelism: 5, simulation });
  const plan = planSweep(
    {
      ...definition,
      ...how,
      space: {
        dropout_rate: [0, 0.8],
        learning_rate: [1e-4, 1e-1],
        rank: [2, 4, 8],
        ...(seeds.length === 0 ? {} : { seed: seeds }),
      },
      scales: { dropout_rate: 'linear', learning_rate: 'log' },
    },
    { ...inputs, base: { ...inputs.base, content_hash: sha256(`base of ${name}`) } },
  );
  return { name, search, plan, trainings: plan.adaptive_trainings ?? plan.trainings.length };
}
