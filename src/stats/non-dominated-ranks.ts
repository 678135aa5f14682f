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
 * where a front dominates it so do all before that one, so that its own is found by bisection. Up to three objectives a
 * front is asked by bisection too, O(n log² n) but for what an array moves; with more, each of its points is looked at.
 * Source: Zhang et al., ENS-BS, doi 10.1109/TEVC.2014.2308305.
 */
export function nonDominatedRanks(points: readonly Objectives[]): readonly number[] {
  const order = points
    .map((_, index) => index)
    .sort((a, b) => lexicographic(points[b] ?? [], points[a] ?? []) || a - b);
  const fronts: EarlierFront[] = [];
  const ranks = points.map(() => 0);
  let before: number | undefined;
  for (const index of order) {
    const point = points[index] ?? [];
    if (before !== undefined && lexicographic(point, points[before] ?? []) === 0) {
      ranks[index] = ranks[before] ?? 0;
      continue;
    }
    before = index;
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fronts[middle]?.dominates(point) === true) low = middle + 1;
      else high = middle;
    }
    ranks[index] = low;
    fronts[low] ??= point.length <= 3 ? new Staircase() : new PlainFront();
    fronts[low]?.add(point);
  }
  return ranks;
}

/** Points of one front, none of them equal, whose first objective is no worse than that of any that it is asked of. */
interface EarlierFront {
  dominates(point: Objectives): boolean;
  add(point: Objectives): void;
}

/** By the second and third objective: the steps, from the least second one on, whose third ones fall. */
class Staircase implements EarlierFront {
  readonly #steps: Objectives[] = [];

  dominates(point: Objectives): boolean {
    const step = this.#steps[this.#placeOf(second(point))];
    return step !== undefined && third(step) >= third(point);
  }

  add(point: Objectives): void {
    const place = this.#placeOf(second(point));
    if (this.dominates(point)) return;
    const isSame = this.#steps[place] !== undefined && second(this.#steps[place]) === second(point);
    let from = place;
    while (from > 0 && third(this.#steps[from - 1] ?? []) <= third(point)) from -= 1;
    this.#steps.splice(from, place - from + (isSame ? 1 : 0), point);
  }

  /** The first step whose second objective is as great. */
  #placeOf(value: number): number {
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (second(this.#steps[middle] ?? []) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class PlainFront implements EarlierFront {
  readonly #points: Objectives[] = [];

  dominates(point: Objectives): boolean {
    return this.#points.some((rival) => dominates(rival, point));
  }

  add(point: Objectives): void {
    this.#points.push(point);
  }
}

function second(point: Objectives): number {
  return point[1] ?? 0;
}

function third(point: Objectives): number {
  return point[2] ?? 0;
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
  return fronts.flatMap((front) => loneliestFirst(front, points));
}

/** Indices of the points of one front, the loneliest first, then as they stand in it. */
export function loneliestFirst(front: readonly number[], points: readonly Objectives[]): readonly number[] {
  const distances = crowdingDistances(front.map((index) => points[index] ?? []));
  const order = front.map((index, place) => ({ index, place, distance: distances[place] ?? 0 }));
  order.sort((a, b) => (a.distance === b.distance ? a.place - b.place : a.distance < b.distance ? 1 : -1));
  return order.map(({ index }) => index);
}

function lexicographic(a: Objectives, b: Objectives): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? Number.NEGATIVE_INFINITY;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
