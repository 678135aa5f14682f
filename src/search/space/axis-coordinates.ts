import { shareOf, valueAt } from './draw-value.ts';
import type { SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

export interface Dimension {
  readonly axis: SpaceAxis;
  /** Named values have no order: each is as far from every other. */
  readonly named: boolean;
  /** Of a list: its values, numbers ascending. */
  readonly ordered: readonly (number | string)[];
}

/**
 * Points as coordinates, one for each axis: a number on [0, 1], laid out by the axis's scale (a list by its order), or the
 * number of a named value; NaN: the point has no such axis. Those of a point are worked out once.
 */
export class AxisCoordinates {
  readonly dimensions: readonly Dimension[];
  readonly #axes: readonly SpaceAxis[];
  readonly #known = new WeakMap<SpacePoint, Float64Array>();

  constructor(axes: readonly SpaceAxis[]) {
    this.#axes = axes;
    this.dimensions = axes.map((axis) => {
      const named = axis.scale === null && axis.values.some((value) => typeof value === 'string');
      return { axis, named, ordered: named ? axis.values : [...axis.values].sort((a, b) => Number(a) - Number(b)) };
    });
  }

  of(point: SpacePoint): Float64Array {
    const known = this.#known.get(point);
    if (known !== undefined) return known;
    const made = Float64Array.from(this.dimensions, (dimension) => coordinate(dimension, point));
    this.#known.set(point, made);
    return made;
  }

  /** The point at these coordinates, without axes that are not there for it. */
  pointAt(coordinates: ArrayLike<number>): SpacePoint {
    const values = this.dimensions.map((dimension, index) => [
      dimension.axis.name,
      valueOf(dimension, coordinates[index] ?? 0),
    ]);
    return activePoint(this.#axes, Object.fromEntries(values));
  }
}

function coordinate({ axis, named, ordered }: Dimension, point: SpacePoint): number {
  const value = point[axis.name];
  if (value === undefined) return Number.NaN;
  if (axis.scale !== null) return shareOf(axis, Number(value));
  const place = ordered.indexOf(value);
  if (place < 0) return Number.NaN;
  return named ? place : (place + 0.5) / axis.values.length;
}

function valueOf({ axis, named, ordered }: Dimension, at: number): number | string {
  if (axis.scale !== null) return valueAt(axis, at);
  const place = named ? at : Math.min(axis.values.length - 1, Math.floor(at * axis.values.length));
  return ordered[place] ?? 0;
}
