import { canonicalJson } from '../base/canonical-json.ts';
import type { SteppedTraining } from '../store/views/configurations/ranked-configurations.ts';

/** What trainings that something ended before their last step did not cost: all figures are of these trainings. */
export interface Saved {
  readonly trainings: number;
  readonly stepsTaken: number;
  readonly stepsPlanned: number;
  /** Seconds that the steps not taken would have cost: see `savedByStopping`. */
  readonly seconds: number;
}

export interface Savings {
  /** Of those that the scheduler pruned. Crashed, cancelled and waiting ones are not saved but missing. */
  readonly byScheduler: Saved;
  /** Of those whose own `patience` ended them. */
  readonly byPatience: Saved;
}

/**
 * The savings of stopping: steps not taken, at each training's own rate; of one that was never begun, at that of the
 * same configuration's other seeds, and where none has run, at the sweep's mean. @param trainings each once
 */
export function savedByStopping(trainings: readonly SteppedTraining[]): Savings {
  const patient = trainings.filter(({ patienceAt, totalSteps }) => patienceAt !== undefined && patienceAt < totalSteps);
  const pruned = trainings.filter(
    (one) => one.state === 'pruned' && one.step < one.totalSteps && !patient.includes(one),
  );
  const ofConfigurations = new Map<string, Rate>();
  const ofAll = new Rate();
  // Rates are only of use where something was saved.
  for (const training of pruned.length + patient.length === 0 ? [] : trainings) {
    const configuration = configurationOf(training);
    const rate = ofConfigurations.get(configuration) ?? new Rate();
    ofConfigurations.set(configuration, rate);
    for (const each of [rate, ofAll]) each.add(training);
  }
  const secondsOf = (training: SteppedTraining): number => {
    const rates = [new Rate().add(training), ofConfigurations.get(configurationOf(training)), ofAll];
    const perStep = rates.find((rate) => rate !== undefined && rate.steps > 0)?.perStep ?? 0;
    return (training.totalSteps - stepsOf(training)) * perStep;
  };
  const saved = (those: readonly SteppedTraining[]): Saved => ({
    trainings: those.length,
    stepsTaken: those.reduce((sum, training) => sum + stepsOf(training), 0),
    stepsPlanned: those.reduce((sum, { totalSteps }) => sum + totalSteps, 0),
    seconds: those.reduce((sum, training) => sum + secondsOf(training), 0),
  });
  return { byScheduler: saved(pruned), byPatience: saved(patient) };
}

/** Steps that were taken: one that its patience ended stands at its last step nevertheless. */
export function stepsOf({ step, patienceAt = step }: Pick<SteppedTraining, 'step' | 'patienceAt'>): number {
  return Math.min(step, patienceAt);
}

/** Seconds that steps took. */
class Rate {
  steps = 0;
  #seconds = 0;

  add(training: Pick<SteppedTraining, 'step' | 'patienceAt' | 'trainSeconds'>): this {
    const steps = stepsOf(training);
    if (steps === 0 || training.trainSeconds === null) return this;
    this.steps += steps;
    this.#seconds += training.trainSeconds;
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
