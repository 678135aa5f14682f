import { planSweep } from '../src/search/planning/plan-sweep.ts';
import type { SweepDefinition, SweepPlan } from '../src/sweep/sweep-definition.ts';
import { simulatedPlan } from '../test/support/simulated-plan.ts';

type Search = Pick<SweepDefinition, 'search' | 'scheduler'> & { readonly steps: number };

/** How the trainings of a run are searched for, by name; a grid is planned whole. */
const searches = {
  random: (trials: number): Search => ({
    search: { kind: 'random', trials, seed: 0 },
    scheduler: { kind: 'none' },
    steps: 1,
  }),
  tpe: (trials: number): Search => ({
    search: { kind: 'tpe', trials, seed: 0, startup: 10 },
    scheduler: { kind: 'none' },
    steps: 1,
  }),
  /** TPE while it draws at random, before it has a model. */
  'tpe-start': (trials: number): Search => ({
    search: { kind: 'tpe', trials, seed: 0, startup: trials },
    scheduler: { kind: 'none' },
    steps: 1,
  }),
  asha: (trials: number): Search => ({
    search: { kind: 'random', trials, seed: 0 },
    scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
    steps: 4,
  }),
} as const;

export const throughputSearches = ['grid', ...Object.keys(searches)] as const;

/** A sweep of so many trainings that compute nothing. @throws Error where no search has the name */
export function throughputPlan(search: string, trainings: number, parallelism: number): SweepPlan {
  const name = `throughput-${search}-${trainings}`;
  const simulation = { step_ms: 0, failure_rate: 0, crash_rate: 0, steps: 1 };
  if (search === 'grid') return simulatedPlan({ name, trainings, parallelism, simulation });
  if (!isSearch(search)) throw new Error(`--search is one of ${throughputSearches.join(', ')}, not ${search}`);
  const { steps, ...how } = searches[search](trainings);
  const { definition, inputs } = simulatedPlan({
    name,
    trainings: 1,
    parallelism,
    simulation: { ...simulation, steps },
  });
  return planSweep(
    {
      ...definition,
      ...how,
      space: { dropout_rate: [0, 0.8], learning_rate: [1e-4, 1e-1] },
      scales: { dropout_rate: 'linear', learning_rate: 'log' },
    },
    inputs,
  );
}

function isSearch(name: string): name is keyof typeof searches {
  return Object.hasOwn(searches, name);
}
