import { sha256 } from '../../../src/base/sha256.ts';
import { prepareProgramSweep } from '../../../src/launch/prepare-program-sweep.ts';
import { planSweep } from '../../../src/search/planning/plan-sweep.ts';
import { searchSections } from '../../../src/search/search-sections.ts';
import { parseSweepFile } from '../../../src/sweep/file/parse-sweep-file.ts';
import type { SweepDefinition, SweepPlan } from '../../../src/sweep/sweep-definition.ts';
import { taskSections } from '../../../src/tasks/tasks.ts';
import { simulatedPlan } from '../../support/simulated-plan.ts';

type Search = Pick<SweepDefinition, 'search' | 'scheduler'> & { readonly seeds: number };

const tpe = (trials: number, seed: number) => ({ kind: 'tpe', trials, seed, startup: 10 });

/** How the sweeps of a run search, by name: all but the first decide by what they have heard. */
const searches = {
  independent: (trials: number, seed: number): Search => ({
    search: { kind: 'random', trials, seed },
    scheduler: { kind: 'none' },
    seeds: 0,
  }),
  /** Slots run none of its trainings: programs ask for them. */
  asked: (trials: number, seed: number): Search => ({
    search: tpe(Math.ceil(trials / 2), seed),
    scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
    seeds: 0,
  }),
  /** Begins with the results of a sweep of the run that has ended, where there is one. */
  learning: (trials: number, seed: number): Search => ({
    search: tpe(Math.ceil(trials / 2), seed),
    scheduler: { kind: 'median', rungs: [0.5], least: 3 },
    seeds: 0,
  }),
  asha: (trials: number, seed: number): Search => ({
    search: tpe(trials, seed),
    scheduler: { kind: 'asha', rungs: [0.25, 0.5], keep: 0.5 },
    seeds: 0,
  }),
  pasha: (trials: number, seed: number): Search => ({
    search: tpe(trials, seed),
    scheduler: { kind: 'pasha', rungs: [0.2, 0.4, 0.6], keep: 0.5 },
    seeds: 0,
  }),
  racing: (trials: number, seed: number): Search => ({
    search: tpe(Math.ceil(trials / 5), seed),
    scheduler: { kind: 'racing', error: 0.05, least: 2 },
    seeds: 5,
  }),
} as const;

export type SearchName = keyof typeof searches;
export const searchNames = Object.keys(searches) as readonly SearchName[];

export function isSearchName(name: string): name is SearchName {
  return Object.hasOwn(searches, name);
}

/** What a sweep of a run follows from. */
export interface SweepOrder {
  readonly name: string;
  readonly search: SearchName;
  /** About so many before it is extended. */
  readonly trainings: number;
  readonly seed: number;
  /** How often it has been extended. */
  readonly extensions: number;
  /** A sweep that has ended; null: none. */
  readonly learnFrom: string | null;
}

const simulation = { step_ms: 6, failure_rate: 0.03, crash_rate: 0, steps: 20 };

/** Values of a list: each extension adds one, and has them the other way round. */
function widened<T>(values: readonly T[], least: number, extensions: number): T[] {
  const wanted = values.slice(0, least + extensions);
  return extensions % 2 === 0 ? wanted : wanted.toReversed();
}

/** The sweep as it is launched, or extended to: none of its trainings has any other sweep. */
export function chaosPlan(order: SweepOrder): SweepPlan {
  const { name, search: kind, trainings, seed, extensions } = order;
  const { seeds, search, scheduler } = searches[kind](Math.ceil(trainings * (1 + extensions / 4)), seed);
  const ranks = widened([2, 4, 8, 16, 32], 3, extensions);
  if (kind === 'asked') {
    const file = `name: ${name}
trainer: {ask: ${name}, metrics: {loss: minimize, seconds: minimize}, steps: ${simulation.steps}}
space: {x: {min: 0, max: 1}, kind: [${ranks.join(', ')}]}
search: ${JSON.stringify(search)}
scheduler: ${JSON.stringify(scheduler)}
parallelism: 5
`;
    const isThere = { isFile: () => true, isFolder: () => true };
    const definition = parseSweepFile(file, '/chaos/sweep.yaml', isThere, taskSections, searchSections);
    if (definition.program === undefined) throw new Error('it is a program’s sweep');
    return prepareProgramSweep(definition, definition.program).plan;
  }
  const { definition, inputs } = simulatedPlan({ name, trainings: 1, parallelism: 5, simulation });
  return planSweep(
    {
      ...definition,
      search: order.learnFrom === null ? search : { ...search, learn_from: [order.learnFrom] },
      scheduler,
      space: {
        dropout_rate: [0, 0.8],
        learning_rate: [1e-4, 1e-1],
        rank: ranks,
        ...(seeds === 0 ? {} : { seed: widened([0, 1, 2, 3, 4, 5, 6], seeds, extensions) }),
      },
      scales: { dropout_rate: 'linear', learning_rate: 'log' },
    },
    { ...inputs, base: { ...inputs.base, content_hash: sha256(`base of ${name}`) } },
  );
}

/** Trainings of a plan, at most. */
export function trainingsOf(plan: SweepPlan): number {
  return plan.adaptive_trainings ?? plan.trainings.length;
}
