import { firstFront } from './first-front.ts';

export interface FrontObjective<Point> {
  readonly direction: 'maximize' | 'minimize';
  /** Null: the point has no such value and is on no front. */
  value(point: Point): number | null;
}

/**
 * The points that no other dominates (is at least as good in every objective and better in one), in input order. Equal
 * points are all on the front.
 */
export function paretoFront<Point>(points: readonly Point[], objectives: readonly FrontObjective<Point>[]): Point[] {
  const scored = points.flatMap((point) => {
    const values = objectives.map((objective) => {
      const value = objective.value(point);
      if (value === null || Number.isNaN(value)) return null;
      return objective.direction === 'maximize' ? value : -value;
    });
    const known = values.filter((value) => value !== null);
    return known.length === values.length ? [{ point, values: known }] : [];
  });
  const front = new Set(firstFront(scored.map(({ values }) => values)));
  return scored.filter((_, index) => front.has(index)).map(({ point }) => point);
}
