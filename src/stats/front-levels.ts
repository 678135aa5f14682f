import { dominates, nonDominatedRanks, type Objectives } from './non-dominated-ranks.ts';

/**
 * The fronts of points that come one after the other, by their indices. A point that comes takes its place on the first front
 * where nobody dominates it; those there that it dominates move to the next one, and so on. Source: Li et al., Efficient
 * non-domination level update, doi 10.1109/TCYB.2016.2621008.
 */
export class FrontLevels {
  readonly #points: Objectives[];
  readonly #levels: number[][] = [];
  readonly #levelOf: number[];

  /** @param points that are there already */
  constructor(points: readonly Objectives[] = []) {
    this.#points = [...points];
    this.#levelOf = [...nonDominatedRanks(points)];
    for (const [index, level] of this.#levelOf.entries()) {
      while (this.#levels.length <= level) this.#levels.push([]);
      this.#levels[level]?.push(index);
    }
  }

  get size(): number {
    return this.#points.length;
  }

  /** Indices of the points on each front, in no order. */
  get levels(): readonly (readonly number[])[] {
    return this.#levels;
  }

  /** The front that a point is on, from 0. */
  levelOf(index: number): number {
    return this.#levelOf[index] ?? 0;
  }

  add(point: Objectives): void {
    const index = this.#points.length;
    this.#points.push(point);
    let coming = [index];
    for (let level = this.#firstFree(point); coming.length > 0; level += 1) {
      const there = this.#levels[level] ?? [];
      const moved = there.filter((other) => coming.some((each) => this.#dominates(each, other)));
      const stays = moved.length === 0 ? there : there.filter((other) => !moved.includes(other));
      this.#levels[level] = [...stays, ...coming];
      for (const each of coming) this.#levelOf[each] = level;
      coming = moved;
    }
  }

  /** By bisection: whom a front dominates all before it do. */
  #firstFree(point: Objectives): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isDominated = this.#levels[middle]?.some((other) => dominates(this.#points[other] ?? [], point)) === true;
      if (isDominated) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #dominates(index: number, other: number): boolean {
    return dominates(this.#points[index] ?? [], this.#points[other] ?? []);
  }
}
