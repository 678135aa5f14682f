import type { Schedule } from '../../sweep/fields/run-fields.ts';
import type { TrainingConfiguration } from '../../sweep/vocabulary.ts';

type Scheduled = Pick<TrainingConfiguration, 'schedule' | 'warmup_fraction' | 'warmup_steps'>;

/**
 * The share of the peak learning rate at a step: a linear rise over W steps, (i+1)/W, where W is warmup_steps or
 * w·S, and then what the schedule says of t = (i − W)/(S − W), which would be 1 one step after the last. Where w·S is no
 * whole number, the linear schedule's step at the crossing lies above 1 by at most 1/(w·S), as in the PyTorch program
 * this is compared with; the others never do.
 * @param step i, from 0
 * @param totalSteps S, of the whole training, not of a rung
 */
export function learningRateFactor(
  step: number,
  totalSteps: number,
  { schedule = 'linear', warmup_fraction: fraction, warmup_steps: steps }: Scheduled,
): number {
  const warmup = steps ?? fraction * totalSteps;
  const rest = steps === undefined ? totalSteps * (1 - fraction) : totalSteps - steps;
  const rise = warmup > 0 ? (step + 1) / warmup : Number.POSITIVE_INFINITY;
  const left = rest > 0 ? (totalSteps - step) / rest : Number.POSITIVE_INFINITY;
  return Math.min(rise, afterWarmup[schedule](Math.max(0, left)));
}

/** The schedules after the warm-up, as functions of 1 − t, the share of their steps that is left. */
const afterWarmup: Readonly<Record<Schedule, (left: number) => number>> = {
  linear: (left) => left,
  cosine: (left) => (1 - Math.cos(Math.PI * Math.min(1, left))) / 2,
  constant: () => 1,
};
