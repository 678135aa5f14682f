import { stream } from '../../random/stream.ts';
import { drawValue, stepsOf } from './draw-value.ts';
import { LeftOver } from './left-over.ts';
import type { NoPoint, SearchHistory, SpacePoint } from '../sampler.ts';
import { activePoint, type SpaceAxis } from './space-axes.ts';

/** Draws before anything else is tried: mostly one of the first is new. */
const firstDraws = 200;
/** Where one point of 5,000 may be suggested, so many draws miss them all twice in 1,000,000,000 times. */
const mostLooks = 100_000;
/**
 * So many, and as many beside points that were suggested, where there are some: those fulfil the constraints, and what
 * differs from one of them in a value or two does so far more often than what is drawn from everywhere.
 */
const furtherDraws = 2_000;

/** The point of a random search with that number. */
export function drawPoint(axes: readonly SpaceAxis[], seed: number, ...keys: readonly (number | string)[]): SpacePoint {
  return activePoint(axes, drawAll(axes, seed, ...keys));
}

/** A value of every axis, whether it is there for the others or not. */
function drawAll(axes: readonly SpaceAxis[], seed: number, ...keys: readonly (number | string)[]): SpacePoint {
  return Object.fromEntries(
    axes.map((axis) => [axis.name, drawValue(axis, stream(seed, 'search', ...keys, axis.name))]),
  );
}

/** Finds points that histories accept. What they have spent of a space that can be counted is looked at once. */
export class NewPoints {
  readonly #axes: readonly SpaceAxis[];
  readonly #seed: number;
  /** Null: the space has more points than can be looked at. */
  readonly #counted: LeftOver | null;

  constructor(axes: readonly SpaceAxis[], seed: number) {
    this.#axes = axes;
    this.#seed = seed;
    const steps = axes.map(stepsOf);
    const size = steps.reduce((product, each) => product * (each?.count ?? Number.POSITIVE_INFINITY), 1);
    this.#counted = size > mostLooks ? null : new LeftOver({ size, at: (number) => pointOfGrid(axes, number) });
  }

  /**
   * A point that the history accepts: the random search's of that number, else further draws, else, where the space has no
   * more points than can be looked at, the first of them. Where it finds none it says what it has looked at.
   */
  next(number: number, history: SearchHistory): { readonly point: SpacePoint } | NoPoint {
    for (const point of this.#draws(number, history)) if (history.accepts(point)) return { point };
    if (this.#counted === null) {
      const many = history.trials.length === 0 ? mostLooks : 2 * furtherDraws;
      return { point: null, reason: `none of ${many} points drawn is new and allowed by the constraints` };
    }
    const point = this.#counted.first(history);
    return point === null ? { point, reason: `the space has no point left after ${number}` } : { point };
  }

  *#draws(number: number, { trials }: SearchHistory): Iterable<SpacePoint> {
    const [axes, seed] = [this.#axes, this.#seed];
    yield drawPoint(axes, seed, number);
    const many = this.#counted !== null ? firstDraws : trials.length === 0 ? mostLooks : furtherDraws;
    for (let again = 1; again < many; again += 1) yield drawPoint(axes, seed, number, 'again', again);
    if (this.#counted !== null || trials.length === 0) return;
    for (let again = 0; again < furtherDraws; again += 1) yield this.#beside(trials, number, again);
  }

  /** A point with some of the values of one that was suggested: first all but one, then all but two, and so on, in turn. */
  #beside(trials: SearchHistory['trials'], number: number, again: number): SpacePoint {
    const [axes, seed] = [this.#axes, this.#seed];
    const [known = 0, first = 0] = stream(seed, 'search', number, 'beside', again).uniforms(2);
    const drawn = drawAll(axes, seed, number, 'beside', again);
    const near = trials[Math.floor(known * trials.length)]?.point ?? {};
    const point: Record<string, number | string> = { ...drawn, ...near };
    for (let change = 0; change <= again % axes.length; change += 1) {
      const { name = '' } = axes[(Math.floor(first * axes.length) + change) % axes.length] ?? {};
      const value = drawn[name];
      if (value !== undefined) point[name] = value;
    }
    return activePoint(axes, point);
  }
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
