import { formatCount } from '../../base/format-count.ts';
import { DropsweepError } from '../../base/errors.ts';

/** Each is a segment of its own, with a checkpoint. */
const mostStops = 200;

/**
 * The steps at which a training is evaluated on its way: every so many before its end, but for those that are rungs.
 * @throws DropsweepError SWEEP_FILE_INVALID where there are too many
 */
export function stopSteps(
  every: 'epoch' | number | undefined,
  { total_steps: total, epochs }: { readonly total_steps: number; readonly epochs: number },
  rungs: readonly number[],
): readonly number[] {
  if (every === undefined) return [];
  const interval = every === 'epoch' ? Math.max(1, Math.round(total / epochs)) : every;
  const count = Math.ceil(total / interval) - 1;
  if (count > mostStops) {
    throw new DropsweepError('SWEEP_FILE_INVALID', 'a training would be evaluated too often on its way', {
      where: 'evaluation.evaluate_every',
      got: `${every}: ${count} times in ${formatCount(total, 'step')}`,
      expected: `at most ${mostStops} times`,
      fix: `give at least ${formatCount(Math.ceil(total / (mostStops + 1)), 'step')}`,
    });
  }
  const steps = Array.from({ length: count }, (_, i) => (i + 1) * interval);
  return steps.filter((step) => !rungs.includes(step));
}
