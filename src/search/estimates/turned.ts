import type { Objective } from '../../sweep/vocabulary.ts';

/** A value as searches compare it, greater being better; of one that was turned so, the value as it was measured. */
export function turned(value: number, objective: Pick<Objective, 'direction'> | undefined): number {
  return objective?.direction === 'minimize' ? -value : value;
}
