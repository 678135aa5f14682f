import { metricNamed } from '../../metrics/metrics.ts';
import type { TrialSort } from '../../store/views/sweep-snapshot.ts';
import type { FilterColumn } from '../../store/views/trials/trial-filter.ts';

/** Trials in a column's order: best first, or what is smallest; null: it has none. @param reversed the other way round */
export function sortByColumn({ of, name }: FilterColumn, reversed: boolean): TrialSort | null {
  if (of === 'tag') return null;
  const best = of === 'metric' ? (metricNamed(name)?.direction ?? 'maximize') : 'minimize';
  const other = best === 'maximize' ? 'minimize' : 'maximize';
  return { by: of, name: of === 'trial' || of === 'state' ? '' : name, direction: reversed ? other : best };
}
