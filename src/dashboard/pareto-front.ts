/** A point of the trade-off: `score` better when greater, `cost` better when less. */
export interface TradeoffPoint {
  readonly score: number;
  readonly cost: number;
}

/**
 * The points that no other point beats in one coordinate without losing in the other, by ascending cost. Equal points
 * are all on the front. O(n log n).
 */
export function paretoFront<Point extends TradeoffPoint>(points: readonly Point[]): readonly Point[] {
  const sorted = [...points].sort((a, b) => a.cost - b.cost || b.score - a.score);
  const front: Point[] = [];
  let best: TradeoffPoint | undefined;
  for (const point of sorted) {
    const equal = best !== undefined && point.score === best.score && point.cost === best.cost;
    if (best !== undefined && point.score <= best.score && !equal) continue;
    front.push(point);
    best = point;
  }
  return front;
}
