import { stream } from '../../random/stream.ts';
import { drawValue } from './draw-value.ts';
import type { SearchHistory, SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

const tries = 200;

/** The point of a random search with that number. */
export function drawPoint(axes: readonly SpaceAxis[], seed: number, ...keys: readonly (number | string)[]): SpacePoint {
  const draws = axes.map((axis) => [axis.name, drawValue(axis, stream(seed, 'search', ...keys, axis.name))]);
  return activePoint(axes, Object.fromEntries(draws));
}

/**
 * A point that the history accepts: the random search's of that number, else further draws, else, where there are lists
 * alone, the first of the grid. Null: none was found.
 */
export function drawNewPoint(
  axes: readonly SpaceAxis[],
  seed: number,
  number: number,
  history: SearchHistory,
): SpacePoint | null {
  const first = drawPoint(axes, seed, number);
  if (history.accepts(first)) return first;
  for (let again = 1; again < tries; again += 1) {
    const point = drawPoint(axes, seed, number, 'again', again);
    if (history.accepts(point)) return point;
  }
  if (axes.some(({ scale }) => scale !== null)) return null;
  return firstOfGrid(axes, history);
}

const gridPoints = 20_000;

function firstOfGrid(axes: readonly SpaceAxis[], history: SearchHistory): SpacePoint | null {
  const size = Math.min(
    gridPoints,
    axes.reduce((product, { values }) => product * values.length, 1),
  );
  for (let ordinal = 0; ordinal < size; ordinal += 1) {
    let rest = ordinal;
    const point: Record<string, number | string> = {};
    for (const { name, values } of axes) {
      const value = values[rest % values.length];
      rest = Math.floor(rest / values.length);
      if (value !== undefined) point[name] = value;
    }
    const active = activePoint(axes, point);
    if (history.accepts(active)) return active;
  }
  return null;
}
