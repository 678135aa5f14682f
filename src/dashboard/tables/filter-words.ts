import type { TrialFilter } from '../../store/views/trials/trial-filter.ts';

/** What a filter leaves, at the end of a caption; empty: there is none. */
export function whereWords(filter: TrialFilter | null | undefined): string {
  return filter === null || filter === undefined ? '' : ` where ${filter.text}`;
}
