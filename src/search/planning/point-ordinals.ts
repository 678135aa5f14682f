/** By point, the ordinals of its trainings in the order of its seeds; by training, its point. */
export interface OrdinalsMemory {
  readonly trainingsOf: number[][];
  readonly pointOf: number[];
}

/**
 * Which trainings are whose: each point of a search has one for each seed, numbered as they came to be. A point that is
 * suggested has all of its trainings in a row; seeds that an extension brings have theirs after all that were there.
 */
export class PointOrdinals {
  readonly #own: OrdinalsMemory;

  constructor(memory: OrdinalsMemory = { trainingsOf: [], pointOf: [] }) {
    this.#own = memory;
  }

  get trainings(): number {
    return this.#own.pointOf.length;
  }

  get points(): number {
    return this.#own.trainingsOf.length;
  }

  /** Undefined: the training is of no point. */
  pointOf(training: number): number | undefined {
    return this.#own.pointOf[training];
  }

  trainingsOf(point: number): readonly number[] {
    return this.#own.trainingsOf[point] ?? [];
  }

  /** A further point. */
  add(seeds: number): void {
    this.#own.trainingsOf.push([]);
    this.#fill(this.points - 1, seeds);
  }

  /** Each point is to have so many seeds: those that it lacks come point by point. */
  widen(seeds: number): void {
    for (let point = 0; point < this.points; point += 1) this.#fill(point, seeds);
  }

  #fill(point: number, seeds: number): void {
    const trainings = this.#own.trainingsOf[point] ?? [];
    for (let repeat = trainings.length; repeat < seeds; repeat += 1) {
      trainings.push(this.trainings);
      this.#own.pointOf.push(point);
    }
  }
}
