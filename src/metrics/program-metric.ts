import { formatMeasured } from './values/format-number.ts';
import type { Metric } from './metric.ts';
import { metrics } from './metrics.ts';

/** A metric that a program of the user's measures under a name of its own. */
export function programMetric(name: string, direction: Metric['direction']): Metric {
  return {
    name,
    heading: name,
    direction,
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    format: formatMeasured,
    computations: [],
    over: 'corpus',
    sentence: 'What the program reports under this name',
  };
}

/** Names that mean something of every training, whoever trains it: none of a program's own. */
export const takenNames: readonly string[] = metrics
  .filter(({ ofTrial }) => ofTrial !== undefined)
  .map(({ name }) => name);
