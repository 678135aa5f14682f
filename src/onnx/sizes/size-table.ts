import type { Dimension, Node, Value } from '../graph.ts';

/** Sizes that a graph's names stand for when it runs. */
export type Sizes = Readonly<Record<string, number>>;

/**
 * The known sizes of a graph's named axes: those given, sums and products by their names, and those that nodes tell.
 */
export class SizeTable {
  readonly #sizes: Map<string, number>;

  constructor(given: Sizes) {
    this.#sizes = new Map(Object.entries(given));
  }

  get known(): Sizes {
    return Object.fromEntries(this.#sizes);
  }

  elements({ shape }: Value): number {
    return shape.reduce<number>((product, size) => product * (this.#size(size) ?? 1), 1);
  }

  /** A Reshape tells the one size of its result that is not known yet; a Slice keeps at most what it is given. */
  learn({ operator, inputs, outputs }: Node): void {
    const [x] = inputs;
    const [y] = outputs;
    if (x === null || x === undefined || y === undefined) return;
    const unknown = y.shape.filter((size) => typeof size === 'string' && this.#size(size) === null);
    const [name] = unknown;
    if (typeof name !== 'string' || unknown.length !== 1) return;
    const axis = y.shape.indexOf(name);
    const size = operator === 'Reshape' ? this.elements(x) / this.elements(y) : (this.#size(x.shape[axis] ?? 1) ?? 1);
    const factors = name.split('·');
    const unknownFactor = factors.filter((factor) => this.#size(factor) === null);
    const known = factors.reduce((product, factor) => product * (this.#size(factor) ?? 1), 1);
    this.#sizes.set(unknownFactor.length === 1 ? (unknownFactor[0] ?? name) : name, Math.max(1, size / known));
  }

  #size(size: Dimension): number | null {
    if (typeof size === 'number') return size;
    const known = this.#sizes.get(size);
    if (known !== undefined) return known;
    for (const [sign, combine] of combinations) {
      const parts = size.split(sign);
      if (parts.length < 2) continue;
      const values = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : this.#size(part)));
      return values.every((value) => value !== null) ? values.reduce(combine) : null;
    }
    return null;
  }
}

const combinations: readonly (readonly [string, (left: number, right: number) => number])[] = [
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['·', (left, right) => left * right],
];
