import type { SampledTrial, SpacePoint } from '../sampler.ts';
import type { AxisCoordinates } from '../space/axis-coordinates.ts';

/**
 * Whether a point is likely to be one that cannot be trained: the nearest known one could not be. Known are those that came
 * to a result, were stopped, or were infeasible; distances are Euclidean over coordinates, and 1 along a named axis, or one
 * that only one of two points has, where they differ.
 */
export class Feasibility {
  readonly #coordinates: AxisCoordinates;
  readonly #feasible: readonly Float64Array[];
  readonly #infeasible: readonly Float64Array[];

  constructor(coordinates: AxisCoordinates, trials: readonly SampledTrial[]) {
    const of = (...states: readonly SampledTrial['state'][]): readonly Float64Array[] =>
      trials.filter(({ state }) => states.includes(state)).map(({ point }) => coordinates.of(point));
    this.#coordinates = coordinates;
    this.#infeasible = of('infeasible');
    this.#feasible = this.#infeasible.length === 0 ? [] : of('done', 'pruned');
  }

  isDoubtful(point: SpacePoint): boolean {
    if (this.#infeasible.length === 0) return false;
    const at = this.#coordinates.of(point);
    return this.#nearest(at, this.#infeasible) < this.#nearest(at, this.#feasible);
  }

  #nearest(at: Float64Array, others: readonly Float64Array[]): number {
    return others.reduce((least, other) => Math.min(least, this.#distance(at, other)), Number.POSITIVE_INFINITY);
  }

  /** Squared. */
  #distance(at: Float64Array, other: Float64Array): number {
    let sum = 0;
    for (const [index, { named }] of this.#coordinates.dimensions.entries()) {
      const [a, b] = [at[index] ?? Number.NaN, other[index] ?? Number.NaN];
      if (Number.isNaN(a) || Number.isNaN(b)) sum += Number(Number.isNaN(a) !== Number.isNaN(b));
      else sum += named ? Number(a !== b) : (a - b) ** 2;
    }
    return sum;
  }
}
