import type { SpaceAxis } from './space-axes.ts';

export interface SearchedAxes {
  /** Those that points are drawn over. */
  readonly drawn: readonly SpaceAxis[];
  /** Values of the training's `seed` that each point is trained with; empty: the training section's. */
  readonly seeds: readonly (number | string)[];
}

/** The training's `seed` as a list is no axis to search but a repeat: each point comes with each of its values. */
export function searchedAxes(axes: readonly SpaceAxis[]): SearchedAxes {
  const isRepeat = ({ name, scale }: SpaceAxis): boolean => name === 'seed' && scale === null;
  return { drawn: axes.filter((axis) => !isRepeat(axis)), seeds: axes.find(isRepeat)?.values ?? [] };
}
