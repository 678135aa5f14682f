import { canonicalJson } from '../base/canonical-json.ts';
import { DropsweepError } from '../base/errors.ts';
import { sweepHash } from '../sweep/identity.ts';
import type { PlannedTraining, ResolvedInputs, SweepDefinition, SweepPlan } from '../sweep/sweep-definition.ts';
import { configurationAt, planTraining } from './plan-trainings.ts';
import { searchedAxes } from './repeats.ts';
import type { IndependentSampler } from './sampler.ts';
import { makeSampler } from './samplers/samplers.ts';
import { makeScheduler } from './schedulers/schedulers.ts';
import { SearchState } from './search-state.ts';
import { spaceAxes } from './space-axes.ts';

/** Points of a search: 100,000 trainings are planned in some seconds and recorded in half a minute. */
const mostPoints = 200_000;

/** Points of a search, each repeat with another seed counted. */
function searchSize(definition: SweepDefinition): number {
  const sampler = makeSampler(definition);
  if (sampler.independent) return sampler.size;
  return sampler.trials * Math.max(1, searchedAxes(spaceAxes(definition)).seeds.length);
}

/**
 * Counts a search's points before anything is made of them.
 * @throws DropsweepError SWEEP_FILE_INVALID
 */
export function demandSearchSize(definition: SweepDefinition): void {
  const size = searchSize(definition);
  if (size <= mostPoints) return;
  const counted = 'trials' in definition.search ? 'search.trials, times the values of seed' : 'space';
  throw new DropsweepError('SWEEP_FILE_INVALID', 'the search has more points than a sweep can hold', {
    where: counted,
    got: `${size} points`,
    expected: `at most ${mostPoints}`,
    fix: 'give axes fewer values, or draw from them: search: {kind: random, trials: <number>}',
  });
}

/**
 * The trainings and evaluations that a search suggests at once, each once, in the order of the points that first ask
 * for them: all of them, or of a search that adapts those that it begins with. Pure.
 * @throws DropsweepError SWEEP_FILE_INVALID when a training has fewer steps than rungs, or leaves no step for allocating ranks
 */
export function planSweep(definition: SweepDefinition, inputs: ResolvedInputs): SweepPlan {
  demandSearchSize(definition);
  const sampler = makeSampler(definition);
  const common = { definition, canonical_hash: sweepHash(definition, inputs), inputs };
  if (sampler.independent) return { ...common, ...planPoints(definition, inputs, sampler) };
  const trainings = SearchState.firstTrainings(definition, inputs);
  const trials = trainings.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
  return { ...common, trainings, merged_points: 0, trials, adaptive_trainings: searchSize(definition) };
}

function planPoints(definition: SweepDefinition, inputs: ResolvedInputs, sampler: IndependentSampler) {
  const planner = { definition, inputs, scheduler: makeScheduler(definition.scheduler) };
  const trainings = new Map<string, PlannedTraining>();
  let trials = 0;
  for (let point = 0; point < sampler.size; point += 1) {
    const configuration = configurationAt(definition, sampler.pointAt(point));
    // Equal configurations are found by their text, which is cheaper than their hash.
    const key = canonicalJson({ ...configuration });
    if (trainings.has(key)) continue;
    const training = planTraining(planner, configuration, trainings.size);
    trials += training.evaluations.length;
    trainings.set(key, training);
  }
  return {
    trainings: [...trainings.values()],
    merged_points: sampler.size * definition.evaluations.length - trials,
    trials,
  };
}
