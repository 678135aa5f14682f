/** The part of a slot's time that one of those that work on it side by side has had. */
export interface ClockShare {
  /** Since it came, in seconds; after it left, until then. */
  seconds(): number;
  leave(): void;
}

/** A slot's time, of which all that work on it at a moment have equal parts: their shares add up to it. */
export class SharedClock {
  readonly #now: () => number;
  #present = 0;
  #lookedAt = 0;
  /** Seconds that somebody would have had who was there all the time. */
  #each = 0;

  /** @param now in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  enter(): ClockShare {
    this.#look();
    this.#present += 1;
    const before = this.#each;
    let left: number | null = null;
    return {
      seconds: () => {
        if (left !== null) return left;
        this.#look();
        return this.#each - before;
      },
      leave: () => {
        if (left !== null) return;
        this.#look();
        left = this.#each - before;
        this.#present -= 1;
      },
    };
  }

  #look(): void {
    const now = this.#now();
    if (this.#present > 0) this.#each += (now - this.#lookedAt) / 1_000 / this.#present;
    this.#lookedAt = now;
  }
}
