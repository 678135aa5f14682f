import { formatCount } from '../base/format-count.ts';
import type { TrainingConfiguration } from './vocabulary.ts';

type Keeping = Partial<Pick<TrainingConfiguration, 'keep' | 'keep_by' | 'keep_every'>>;

/** The warning that belongs beside numbers whose weights were chosen on the rows that they are of; null: none were. */
export function selectionSentence({ keep, keep_by: by = 'loss', keep_every: every = 'epoch' }: Keeping): string | null {
  if (keep !== 'best_on_dev') return null;
  const often = every === 'epoch' ? 'each epoch' : `every ${formatCount(every, 'step')}`;
  return (
    `A training's weights are of the step that was best on the dev rows (by ${by}, looked at ${often}):` +
    ' its dev numbers are optimistic; the test rows had no part in the choice.'
  );
}
