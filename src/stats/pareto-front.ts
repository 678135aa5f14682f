export interface FrontObjective<Point> {
  readonly direction: 'maximize' | 'minimize';
  /** Null: the point has no such value and is on no front. */
  value(point: Point): number | null;
}

interface Scored {
  readonly index: number;
  /** Turned so that greater is better. */
  readonly values: readonly number[];
}

/**
 * The points that no other dominates (is at least as good in every objective and better in one), in input order.
 * Equal points are all on the front. In order from the best on, a point can be dominated by earlier ones alone, so each
 * is held against the front so far: O(n log n) for two objectives, whose last point of the front speaks for all.
 */
export function paretoFront<Point>(points: readonly Point[], objectives: readonly FrontObjective<Point>[]): Point[] {
  const scored = points.flatMap((point, index): Scored[] => {
    const values = objectives.map((objective) => {
      const value = objective.value(point);
      if (value === null || Number.isNaN(value)) return null;
      return objective.direction === 'maximize' ? value : -value;
    });
    const known = values.filter((value) => value !== null);
    return known.length === values.length ? [{ index, values: known }] : [];
  });
  scored.sort((a, b) => compare(b.values, a.values));
  const front: Scored[] = [];
  for (const candidate of scored) {
    const rivals = objectives.length <= 2 ? front.slice(-1) : front;
    if (!rivals.some(({ values }) => dominates(values, candidate.values))) front.push(candidate);
  }
  const chosen = new Set(front.map(({ index }) => index));
  return points.filter((_, index) => chosen.has(index));
}

/** Lexicographic. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const other = at(b, i);
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value >= at(b, i)) && a.some((value, i) => value > at(b, i));
}

function at(values: readonly number[], i: number): number {
  const value = values[i];
  if (value === undefined) throw new RangeError(`a point has no objective ${i}`);
  return value;
}
