import { canonicalJson } from '../base/canonical-json.ts';
import type { SteppedTraining } from '../store/views/ranked-configurations.ts';

interface Saving {
  /** That were pruned before their last step. */
  readonly trainings: number;
  readonly stepsTaken: number;
  readonly stepsPlanned: number;
  /** Seconds that the steps not taken would have cost: see `savedByStopping`. */
  readonly seconds: number;
}

/**
 * The scheduler's savings: steps not taken, at each training's own rate; of one that was never begun, at that of the
 * same configuration's other seeds, and where none has run, at the sweep's mean. @param trainings each once
 */
export function savedByStopping(trainings: readonly SteppedTraining[]): Saving {
  const pruned = trainings.filter(({ state, step, totalSteps }) => state === 'pruned' && step < totalSteps);
  const ofConfigurations = new Map<string, Rate>();
  const ofAll = new Rate();
  // Rates are only of use where something was saved.
  for (const training of pruned.length === 0 ? [] : trainings) {
    const configuration = configurationOf(training);
    const rate = ofConfigurations.get(configuration) ?? new Rate();
    ofConfigurations.set(configuration, rate);
    for (const each of [rate, ofAll]) each.add(training);
  }
  const seconds = pruned.map((training) => {
    const { step, totalSteps } = training;
    const own = new Rate().add(training);
    const rates = [own, ofConfigurations.get(configurationOf(training)), ofAll];
    return (totalSteps - step) * (rates.find((rate) => rate !== undefined && rate.steps > 0)?.perStep ?? 0);
  });
  return {
    trainings: pruned.length,
    stepsTaken: trainings.reduce((sum, { step }) => sum + step, 0),
    stepsPlanned: trainings.reduce((sum, { totalSteps }) => sum + totalSteps, 0),
    seconds: seconds.reduce((sum, value) => sum + value, 0),
  };
}

/** Seconds that steps took. */
class Rate {
  steps = 0;
  #seconds = 0;

  add({ step, trainSeconds }: Pick<SteppedTraining, 'step' | 'trainSeconds'>): this {
    if (step === 0 || trainSeconds === null) return this;
    this.steps += step;
    this.#seconds += trainSeconds;
    return this;
  }

  get perStep(): number {
    return this.#seconds / this.steps;
  }
}

function configurationOf({ configuration }: SteppedTraining): string {
  const { seed: _, ...rest } = { seed: 0, ...configuration };
  return canonicalJson(rest);
}
