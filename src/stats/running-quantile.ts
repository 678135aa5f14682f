/** Binary heap of numbers, the first by its order on top. */
class Heap {
  readonly #values: number[] = [];
  readonly #isBefore: (a: number, b: number) => boolean;

  constructor(isBefore: (a: number, b: number) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#values.length;
  }

  get top(): number | undefined {
    return this.#values[0];
  }

  push(value: number): void {
    let at = this.#values.length;
    this.#values.push(value);
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const other = this.#values[above] ?? value;
      if (!this.#isBefore(value, other)) break;
      this.#values[at] = other;
      at = above;
    }
    this.#values[at] = value;
  }

  pop(): number | undefined {
    const [first] = this.#values;
    const last = this.#values.pop();
    const size = this.#values.length;
    if (last === undefined || size === 0) return first;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      const [left = last, right = left] = [this.#values[child], this.#values[child + 1]];
      const isRight = child + 1 < size && this.#isBefore(right, left);
      const next = isRight ? right : left;
      if (!this.#isBefore(next, last)) break;
      this.#values[at] = next;
      at = isRight ? child + 1 : child;
    }
    this.#values[at] = last;
    return first;
  }
}

/** A quantile of numbers that come one after the other: the least that so large a share of them is not above. */
export class RunningQuantile {
  readonly #share: number;
  /** That share of them, the greatest on top, and the others, the least on top. */
  readonly #below = new Heap((a, b) => a > b);
  readonly #above = new Heap((a, b) => a < b);

  constructor(share: number) {
    this.#share = share;
  }

  /** Null: nothing has come. */
  get value(): number | null {
    return this.#below.top ?? null;
  }

  add(value: number): void {
    if (value <= (this.#below.top ?? value)) this.#below.push(value);
    else this.#above.push(value);
    const wanted = Math.max(1, Math.ceil(this.#share * (this.#below.size + this.#above.size)));
    while (this.#below.size > wanted) this.#above.push(this.#below.pop() ?? 0);
    while (this.#below.size < wanted) this.#below.push(this.#above.pop() ?? 0);
  }
}
