/**
 * Bins of one size in a row, as many as are needed, each item in the first that has room for it. A tree of the most room
 * under each node finds that one in as many looks as the bins' number has digits in base 2.
 */
export class FirstFit {
  readonly #bins: number;
  /** Most room among the leaves under each node; node 1 is all of them, the leaves are the last `#bins`. */
  readonly #room: Float64Array;
  #opened = 0;

  /** @param items at most so many are placed @param size of each bin */
  constructor(items: number, size: number) {
    this.#bins = 2 ** Math.ceil(Math.log2(Math.max(1, items)));
    this.#room = new Float64Array(2 * this.#bins).fill(size);
  }

  /** @returns the number of the item's bin; what is larger than a bin has one of its own */
  place(item: number): number {
    const fits = this.#roomAt(1) >= item;
    const bin = fits ? this.#first(item) : this.#opened;
    this.#opened = Math.max(this.#opened, bin + 1);
    let node = this.#bins + bin;
    this.#room[node] = this.#roomAt(node) - item;
    for (node >>= 1; node >= 1; node >>= 1)
      this.#room[node] = Math.max(this.#roomAt(2 * node), this.#roomAt(2 * node + 1));
    return bin;
  }

  /** A bin that nobody opened yet has its whole size: the first of them is the next. */
  #first(item: number): number {
    let node = 1;
    while (node < this.#bins) node = this.#roomAt(2 * node) >= item ? 2 * node : 2 * node + 1;
    return node - this.#bins;
  }

  #roomAt(node: number): number {
    return this.#room[node] ?? 0;
  }
}
