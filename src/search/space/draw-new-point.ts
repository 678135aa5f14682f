import { stream } from '../../random/stream.ts';
import { drawValue, stepsOf } from './draw-value.ts';
import type { NoPoint, SearchHistory, SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

/** Draws before the points of a small space are looked at one after the other: mostly one of the first is new. */
const firstDraws = 200;
/** Where one point of 5,000 may be suggested, so many draws miss them all twice in 1,000,000,000 times. */
const mostLooks = 100_000;

/** The point of a random search with that number. */
export function drawPoint(axes: readonly SpaceAxis[], seed: number, ...keys: readonly (number | string)[]): SpacePoint {
  const draws = axes.map((axis) => [axis.name, drawValue(axis, stream(seed, 'search', ...keys, axis.name))]);
  return activePoint(axes, Object.fromEntries(draws));
}

/**
 * A point that the history accepts: the random search's of that number, else further draws, else, where the space has no
 * more points than can be looked at, the first of them. Where it finds none it says what it has looked at.
 */
export function drawNewPoint(
  axes: readonly SpaceAxis[],
  seed: number,
  number: number,
  history: SearchHistory,
): { readonly point: SpacePoint } | NoPoint {
  const steps = axes.map(stepsOf);
  const size = steps.reduce((product, each) => product * (each?.count ?? Number.POSITIVE_INFINITY), 1);
  const isSmall = size <= mostLooks;
  const first = drawPoint(axes, seed, number);
  if (history.accepts(first)) return { point: first };
  for (let again = 1; again < (isSmall ? firstDraws : mostLooks); again += 1) {
    const point = drawPoint(axes, seed, number, 'again', again);
    if (history.accepts(point)) return { point };
  }
  if (!isSmall)
    return { point: null, reason: `none of ${mostLooks} points drawn is new and allowed by the constraints` };
  for (let ordinal = 0; ordinal < size; ordinal += 1) {
    const point = pointOfGrid(axes, ordinal);
    if (history.accepts(point)) return { point };
  }
  return { point: null, reason: `the space has no point left after ${number}` };
}

/** The first axis changes fastest. */
function pointOfGrid(axes: readonly SpaceAxis[], ordinal: number): SpacePoint {
  let rest = ordinal;
  const point: Record<string, number | string> = {};
  for (const axis of axes) {
    const { count = 1, at } = stepsOf(axis) ?? {};
    const value = at?.(rest % count);
    rest = Math.floor(rest / count);
    if (value !== undefined) point[axis.name] = value;
  }
  return activePoint(axes, point);
}
