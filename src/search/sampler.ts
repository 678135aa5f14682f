/** A point of the space before canonicalisation: axis name → value. */
export type SpacePoint = Readonly<Record<string, number | string>>;

/** What happened in a search so far, in order; grid and random do not look. */
export interface SearchEvent {
  readonly sequence: number;
  readonly ordinal: number;
  readonly value: number | null;
}

/** Suggests points. Pure: suggestion i is a function of (definition, i, events up to the s stored with it). */
export interface Sampler {
  /** Number of points, duplicates after canonicalisation included. */
  readonly size: number;
  /** True when suggestions need no results: their trainings are inserted ahead, in blocks. */
  readonly independent: boolean;
  suggest(ordinal: number, events: readonly SearchEvent[]): SpacePoint;
}
