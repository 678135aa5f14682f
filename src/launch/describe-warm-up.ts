import { formatCount } from '../base/format-count.ts';
import type { SweepPlan } from '../sweep/sweep-definition.ts';
import { kindsOf } from '../sweep/training-kinds.ts';

/** A warning for each warm-up that has no end within its training, whose learning rate never comes to what was asked for. */
export function describeWarmUp({ trainings }: Pick<SweepPlan, 'trainings'>): readonly string[] {
  const lines = kindsOf(trainings).flatMap(({ first: { specification } }) => {
    const { configuration, total_steps: steps } = specification;
    const { warmup_steps: warmUp = 0, learning_rate: rate } = configuration;
    if (warmUp <= steps || steps === 0) return [];
    return `warning: warmup_steps ${warmUp} is more than the ${formatCount(steps, 'step')} of the training: its learning rate comes to ${Math.round((100 * steps) / warmUp)} % of ${rate} and ends there`;
  });
  return [...new Set(lines)];
}
