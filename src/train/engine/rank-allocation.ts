import {
  type AllocationSchedule,
  allocateRanks,
  initialAllocation,
  type TripletPlace,
} from '../../adapters/adalora/rank-allocator.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';
import type { StepResult, TrainableLayout, TrainingState } from './adapter-engine.ts';
import { tensorNamed } from './graphs/trainable-layout.ts';

/** The state after a step's ranks have been allocated. */
export type RankAllocator = (before: TrainingState, result: StepResult) => TrainingState;

/**
 * Takes ranks away after each step, as the configuration's schedule says over the whole training. Pure: the state that
 * it gives holds all that the next step's allocation depends on.
 * @returns null where every rank stays
 */
export function rankAllocator(
  layout: TrainableLayout,
  configuration: TrainingConfiguration,
  totalSteps: number,
): RankAllocator | null {
  const schedule = allocationSchedule(configuration, totalSteps);
  if (schedule === null) return null;
  const places = layout.modules.map((module): TripletPlace => {
    const offset = (part: string) => tensorNamed(layout, `${module.name}.${part}`).offset;
    const { inFeatures, outFeatures } = module;
    const places = { q: offset('lora_A'), p: offset('lora_B'), lambda: offset('lora_E') };
    return { rank: configuration.rank, inFeatures, outFeatures, ...places };
  });
  return (before, { state, gradient }) => {
    if (gradient === null) throw new Error('this adapter method gives no gradient to allocate ranks by');
    const { allocation, parameters } = allocateRanks(
      schedule,
      places,
      before.allocation ?? initialAllocation(places, layout.length),
      { step: before.step, parameters: state.parameters, gradient },
    );
    return { ...state, parameters, allocation };
  };
}

/** Shares of the steps are rounded down, so that at least one step lies between the two phases without allocation. */
export function allocationSchedule(
  configuration: TrainingConfiguration,
  totalSteps: number,
): AllocationSchedule | null {
  const { rank, target_rank: targetRank } = configuration;
  const { allocation_warmup_fraction: warmup, allocation_final_fraction: final } = configuration;
  const { allocation_interval: interval, sensitivity_smoothing: sensitivitySmoothing } = configuration;
  const { uncertainty_smoothing: uncertaintySmoothing } = configuration;
  if (targetRank === undefined || targetRank >= rank) return null;
  if (warmup === undefined || final === undefined || interval === undefined) throw incomplete();
  if (sensitivitySmoothing === undefined || uncertaintySmoothing === undefined) throw incomplete();
  return {
    totalSteps,
    warmupSteps: Math.floor(warmup * totalSteps),
    finalSteps: Math.floor(final * totalSteps),
    interval,
    targetRank,
    sensitivitySmoothing,
    uncertaintySmoothing,
  };
}

function incomplete(): Error {
  return new Error('a configuration with a target rank is canonical only with its whole allocation');
}
