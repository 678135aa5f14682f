import type { Objectives } from './non-dominated-ranks.ts';

/**
 * Indices, ascending, of the points that no other dominates; equal points are on the front together. Divide and conquer:
 * of points in order the later half is freed of what the earlier dominates, by halving along one objective after the
 * other: O(n log n) comparisons for two and three objectives, O(n log^(d - 2) n) for d. Source: Kung, Luccio and
 * Preparata, On finding the maxima of a set of vectors, JACM 22(4), 1975.
 * @param points as many values each, turned so that greater is better
 */
export function firstFront(points: readonly Objectives[]): readonly number[] {
  const order = points.map((values, index) => ({ index, values }));
  order.sort((a, b) => descending(a.values, b.values));
  // Each of those that are equal stands for all: of others, who is nowhere worse is better somewhere.
  const same: number[][] = [];
  const distinct: Objectives[] = [];
  for (const { index, values } of order) {
    const last = distinct.at(-1);
    if (last === undefined || descending(last, values) !== 0) {
      distinct.push(values);
      same.push([]);
    }
    same.at(-1)?.push(index);
  }
  const places = distinct.map((_, place) => place);
  return undominated(distinct, places)
    .flatMap((place) => same[place] ?? [])
    .sort((a, b) => a - b);
}

/** @param places of points in descending order, the first objective before the others */
function undominated(points: readonly Objectives[], places: readonly number[]): readonly number[] {
  if (places.length < 2) return places;
  const middle = places.length >>> 1;
  const earlier = undominated(points, places.slice(0, middle));
  const later = undominated(points, places.slice(middle));
  return [...earlier, ...withoutDominated(points, earlier, later, 1)];
}

/** Those of `others` that none of `rivals` reaches in all objectives from the one on; before it all of them do. */
function withoutDominated(
  points: readonly Objectives[],
  rivals: readonly number[],
  others: readonly number[],
  objective: number,
): readonly number[] {
  if (rivals.length === 0 || others.length === 0) return others;
  const value = (place: number, of = objective): number => points[place]?.[of] ?? Number.NaN;
  const left = (points[0]?.length ?? 0) - objective;
  if (left <= 0) return [];
  if (left === 1) {
    const best = rivals.reduce((most, rival) => Math.max(most, value(rival)), Number.NEGATIVE_INFINITY);
    return others.filter((other) => value(other) > best);
  }
  if (left === 2) return withoutBelow(points, rivals, others, objective);
  const values = [...rivals, ...others].map((place) => value(place)).sort((a, b) => a - b);
  const [least] = values;
  const middle = values[values.length >>> 1];
  const border = middle === least ? values.find((each) => each !== least) : middle;
  if (border === undefined) return withoutDominated(points, rivals, others, objective + 1);
  const isHigh = (place: number): boolean => value(place) >= border;
  const high = rivals.filter(isHigh);
  const low = rivals.filter((place) => !isHigh(place));
  const kept = new Set(withoutDominated(points, high, others.filter(isHigh), objective));
  const lowOthers = others.filter((place) => !isHigh(place));
  const rest = withoutDominated(points, high, lowOthers, objective + 1);
  for (const place of withoutDominated(points, low, rest, objective)) kept.add(place);
  return others.filter((place) => kept.has(place));
}

/** The same with two objectives left: in order of the one, the best of the other so far speaks for all rivals. */
function withoutBelow(
  points: readonly Objectives[],
  rivals: readonly number[],
  others: readonly number[],
  objective: number,
): readonly number[] {
  const of = (place: number) => ({
    place,
    value: points[place]?.[objective] ?? Number.NaN,
    next: points[place]?.[objective + 1] ?? Number.NaN,
  });
  const ahead = rivals.map(of).sort((a, b) => b.value - a.value);
  const behind = others.map(of).sort((a, b) => b.value - a.value);
  const kept = new Set<number>();
  let best = Number.NEGATIVE_INFINITY;
  let passed = 0;
  for (const { place, value, next } of behind) {
    for (; passed < ahead.length && (ahead[passed]?.value ?? 0) >= value; passed += 1)
      best = Math.max(best, ahead[passed]?.next ?? best);
    // Nobody reaches it yet: an infinity would not be told from that.
    if (passed === 0 || next > best) kept.add(place);
  }
  return others.filter((place) => kept.has(place));
}

function descending(a: Objectives, b: Objectives): number {
  for (const [place, value] of a.entries()) {
    const other = b[place] ?? Number.NEGATIVE_INFINITY;
    if (value !== other) return value > other ? -1 : 1;
  }
  return 0;
}
