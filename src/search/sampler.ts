import type { SearchDefinition } from '../sweep/sweep-definition.ts';
import type { SamplerSection } from '../sweep/file/search-section.ts';
import type { SpaceAxis } from './space/space-axes.ts';

/** A point of the space before canonicalisation: axis name → value. */
export type SpacePoint = Readonly<Record<string, number | string>>;

/**
 * A kind of sampler: one file in samplers/ and one line in samplers.ts. Its section reads and checks its part of the
 * sweep file; `make` gives the sampler of a definition that was read so, by this version or an earlier one.
 */
export interface SamplerKind {
  readonly section: SamplerSection;
  make(search: SearchDefinition, axes: readonly SpaceAxis[]): Sampler;
}

export type Sampler = IndependentSampler | AdaptiveSampler;

/** Points that need no results: all are suggested at once. Pure: point i is a function of the definition and i. */
export interface IndependentSampler {
  readonly independent: true;
  /** Number of points, repeats with other seeds and duplicates after canonicalisation included. */
  readonly size: number;
  /** @throws RangeError before the first and after the last */
  pointAt(ordinal: number): SpacePoint;
  /** Its points are drawn, so many as were asked for; absent: they are all that there are. */
  readonly drawn?: DrawnPoints;
}

/** Points without their seeds. */
export interface DrawnPoints {
  /** Those that a person gave, which come first. */
  readonly given: readonly SpacePoint[];
  readonly count: number;
  at(number: number): SpacePoint;
}

/**
 * Points that follow from results. Pure: suggestion i is a function of the definition, i, and the history in the order
 * in which it was recorded. Never outside the space, never a point that the history does not accept, and no `seed`:
 * each point is trained with every seed of the space.
 */
export interface AdaptiveSampler {
  readonly independent: false;
  /** Points at most. */
  readonly trials: number;
  /** How many points, from the first on, follow from no result. @param learned results of former sweeps that it has */
  opening(learned: number): number;
  /** It decides by all objectives, and is told of each; absent: by the first. */
  readonly allObjectives?: boolean;
  suggest(number: number, history: SearchHistory): Suggestion | NoPoint;
}

export interface Suggestion {
  readonly point: SpacePoint;
  readonly reason: string;
}

/** No further point is suggested, and why. */
export interface NoPoint {
  readonly point: null;
  readonly reason: string;
}

/** The points so far with their results, in the order of their suggestion. */
export interface SearchHistory {
  readonly trials: readonly SampledTrial[];
  /** Results of former sweeps; absent: none. */
  readonly learned?: readonly SampledTrial[];
  /** Whether the point is in the space, can be trained, and is none that was suggested before. */
  accepts(point: SpacePoint): boolean;
  /** No later history of this search accepts it either: it was suggested, or breaks a constraint. Absent: not known. */
  isSpent?(point: SpacePoint): boolean;
}

export interface SampledTrial {
  readonly point: SpacePoint;
  /**
   * pending: a training of it is still to be heard of. pruned: `value` is of the rung that it reached. infeasible: it cannot
   * be trained, for want of memory or by what the trainer says of it; failed: its trainings diverged or crashed.
   */
  readonly state: 'pending' | 'done' | 'pruned' | 'failed' | 'infeasible';
  /** Mean over the seeds heard of; greater is better. Null: none, or all failed. */
  readonly value: number | null;
  /** The other objectives, as `value`, where the sampler decides by all. */
  readonly further?: readonly number[];
  /** Scores of its seeds, where there are any; absent: not told. */
  readonly repeats?: readonly number[];
  /** The last rung that a training of it was heard of at; null: none yet. */
  readonly rung: number | null;
}
