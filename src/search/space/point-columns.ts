import type { AxisCoordinates } from './axis-coordinates.ts';
import type { SpacePoint } from '../sampler.ts';

/** Coordinates of all points on one axis. */
export interface PointColumn {
  /** [points]; NaN: the point has no such axis. */
  values: Float64Array;
  /** Numbers of the points that have the axis, by ascending value, equal ones in their own order. */
  order: Int32Array;
  /** How many have it. */
  count: number;
}

/**
 * Points as columns of coordinates, each with its order. They follow a list that grows at its end: what was there before
 * is neither laid out nor sorted again.
 */
export class PointColumns {
  readonly coordinates: AxisCoordinates;
  readonly columns: readonly PointColumn[];
  #points: SpacePoint[] = [];

  constructor(coordinates: AxisCoordinates) {
    this.coordinates = coordinates;
    this.columns = coordinates.dimensions.map(() => ({
      values: new Float64Array(0),
      order: new Int32Array(0),
      count: 0,
    }));
  }

  get size(): number {
    return this.#points.length;
  }

  follow(points: readonly SpacePoint[]): void {
    if (points.length < this.size || this.#points.some((point, number) => point !== points[number])) this.#forget();
    for (const column of this.columns) makeRoom(column, points.length);
    for (let number = this.size; number < points.length; number += 1) this.#add(points[number] ?? {});
  }

  #forget(): void {
    this.#points = [];
    for (const column of this.columns) column.count = 0;
  }

  #add(point: SpacePoint): void {
    const number = this.#points.push(point) - 1;
    const at = this.coordinates.of(point);
    this.columns.forEach((column, dimension) => {
      const value = at[dimension] ?? Number.NaN;
      column.values[number] = value;
      if (Number.isNaN(value)) return;
      const place = firstAbove(column, value);
      column.order.copyWithin(place + 1, place, column.count);
      column.order[place] = number;
      column.count += 1;
    });
  }
}

function makeRoom(column: PointColumn, points: number): void {
  if (column.values.length >= points) return;
  const { values, order } = column;
  column.values = new Float64Array(2 * points);
  column.values.set(values);
  column.order = new Int32Array(2 * points);
  column.order.set(order);
}

function firstAbove({ values, order, count }: PointColumn, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[order[middle] ?? 0] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
