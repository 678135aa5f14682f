/** Values of one point, each turned so that greater is better. */
export type Objectives = readonly number[];

/** Whether a is at least as good everywhere, and better somewhere. */
export function dominates(a: Objectives, b: Objectives): boolean {
  let isBetter = false;
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? Number.NEGATIVE_INFINITY;
    if (value < other) return false;
    if (value > other) isBetter = true;
  }
  return isBetter;
}

/**
 * By point the number of its front, from 0: the points that no other dominates, then those that none of the rest does,
 * and so on; equal points are on one front. In order from the best on, a point can be dominated by earlier ones alone, and
 * where a front dominates it so do all before that one, so that its own is found by bisection: O(n log n) for two
 * objectives, whose last point of a front speaks for all. Source: Zhang et al., ENS-BS, doi 10.1109/TEVC.2014.2308305.
 */
export function nonDominatedRanks(points: readonly Objectives[]): readonly number[] {
  const order = points
    .map((_, index) => index)
    .sort((a, b) => lexicographic(points[b] ?? [], points[a] ?? []) || a - b);
  const fronts: Objectives[][] = [];
  const ranks = points.map(() => 0);
  for (const index of order) {
    const point = points[index] ?? [];
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const front = fronts[middle] ?? [];
      const rivals = point.length <= 2 ? front.slice(-1) : front;
      if (rivals.some((rival) => dominates(rival, point))) low = middle + 1;
      else high = middle;
    }
    ranks[index] = low;
    const front = fronts[low];
    if (front === undefined) fronts.push([point]);
    else front.push(point);
  }
  return ranks;
}

/**
 * How far from one another the points of one front lie: of each the sum, over objectives, of the distance between its two
 * neighbours as a share of the front's range; the ends of a range are infinitely far. Source: Deb et al., NSGA-II, 2002.
 */
export function crowdingDistances(front: readonly Objectives[]): readonly number[] {
  const distances = front.map(() => 0);
  const objectives = front[0]?.length ?? 0;
  for (let objective = 0; objective < objectives; objective += 1) {
    const value = (index: number | undefined): number => front[index ?? -1]?.[objective] ?? 0;
    const order = front.map((_, index) => index).sort((a, b) => value(a) - value(b) || a - b);
    const range = value(order.at(-1)) - value(order[0]);
    order.forEach((index, place) => {
      const isEnd = place === 0 || place === order.length - 1;
      // A range of nothing, or of everything, tells nobody from another.
      const share =
        range > 0 && Number.isFinite(range) ? (value(order[place + 1]) - value(order[place - 1])) / range : 0;
      distances[index] = (distances[index] ?? 0) + (isEnd && range > 0 ? Number.POSITIVE_INFINITY : isEnd ? 0 : share);
    });
  }
  return distances;
}

/** Indices of points from the best on: by front, then the loneliest, then as they stand. */
export function frontOrder(points: readonly Objectives[]): readonly number[] {
  const ranks = nonDominatedRanks(points);
  const fronts: number[][] = [];
  ranks.forEach((rank, index) => {
    const front = fronts[rank] ?? [];
    front.push(index);
    fronts[rank] = front;
  });
  return fronts.flatMap((front) => {
    const distances = crowdingDistances(front.map((index) => points[index] ?? []));
    const order = front.map((index, place) => ({ index, distance: distances[place] ?? 0 }));
    order.sort((a, b) => (a.distance === b.distance ? a.index - b.index : a.distance < b.distance ? 1 : -1));
    return order.map(({ index }) => index);
  });
}

function lexicographic(a: Objectives, b: Objectives): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? Number.NEGATIVE_INFINITY;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
