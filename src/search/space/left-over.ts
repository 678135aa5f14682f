import type { SearchHistory, SpacePoint } from '../sampler.ts';
import type { NumberedPoints } from './numbered-points.ts';

/** What is known of one history: every number below `from` is spent but for those that are `kept`. */
interface Looked {
  from: number;
  kept: number[];
}

/**
 * Points that are suggested in their order. What a history has spent is not looked at again while the history lives: over a
 * whole search each point is looked at a few times, and not at each suggestion. What it answers does not depend on that.
 */
export class LeftOver {
  readonly #points: NumberedPoints;
  readonly #looked = new WeakMap<SearchHistory, Looked>();

  constructor(points: NumberedPoints) {
    this.#points = points;
  }

  /** The first that the history accepts; null: none. */
  first(history: SearchHistory): SpacePoint | null {
    const looked = this.#looked.get(history) ?? { from: 0, kept: [] };
    this.#looked.set(history, looked);
    const kept: number[] = [];
    for (const [place, number] of looked.kept.entries()) {
      const point = this.#points.at(number);
      if (history.accepts(point)) {
        looked.kept = [...kept, ...looked.kept.slice(place)];
        return point;
      }
      if (!isSpent(history, point)) kept.push(number);
    }
    looked.kept = kept;
    for (; looked.from < this.#points.size; looked.from += 1) {
      const point = this.#points.at(looked.from);
      if (history.accepts(point)) return point;
      if (!isSpent(history, point)) looked.kept.push(looked.from);
    }
    return null;
  }
}

function isSpent(history: SearchHistory, point: SpacePoint): boolean {
  return history.isSpent?.(point) ?? false;
}
