import type { SweepSnapshot } from '../../store/views/sweep-snapshot.ts';
import type { Objective } from '../../sweep/vocabulary.ts';
import { tradeoffObjective } from '../../tasks/task-metrics.ts';

/**
 * The objective that configurations are ranked by: the first objective but complexity, or the first metric that tables
 * show.
 */
export function firstObjective({ definition }: Pick<SweepSnapshot, 'definition'>): Objective {
  return definition.objectives.find(({ metric }) => metric !== 'complexity') ?? tradeoffObjective(definition);
}
