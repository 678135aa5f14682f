import { RunningQuantile } from '../../stats/running-quantile.ts';

interface Standing {
  readonly ordinal: number;
  /** What it reached at the topmost rung, and at the one below. */
  readonly above: number;
  readonly below: number;
}

/**
 * The trainings that have reached the topmost open rung of PASHA, in the order of that rung and of the one below, with how
 * far noise lets values lie apart. It follows from the curves alone. One that comes costs a look at each of the others.
 */
export class PashaRanking {
  readonly top: number;
  readonly #noise: number | null;
  readonly #curves: (readonly number[])[] = [];
  readonly #byAbove: Standing[] = [];
  readonly #byBelow: Standing[] = [];
  /** The 90th percentile of how far curves lie apart at their last rung that swapped places twice or more. */
  readonly #apart = new RunningQuantile(0.9);

  /** @param noise null: as it is seen @param curves by training what it reached at each rung */
  constructor(top: number, noise: number | null, curves: ReadonlyMap<number, readonly number[]>) {
    this.top = top;
    this.#noise = noise;
    for (const [ordinal, curve] of curves) this.add(ordinal, curve);
  }

  /** Of one that has not come to the topmost rung nothing is known yet. */
  add(ordinal: number, values: readonly number[]): void {
    const [above, below] = [values[this.top], values[this.top - 1]];
    if (above === undefined || below === undefined) return;
    const standing = { ordinal, above, below };
    insert(this.#byAbove, standing, (each) => each.above);
    insert(this.#byBelow, standing, (each) => each.below);
    // Two rungs have no room for two swaps.
    if (this.#noise !== null || this.top < 2) return;
    const curve = values.slice(0, this.top + 1);
    for (const other of this.#curves)
      if (swaps(curve, other) >= 2) this.#apart.add(Math.abs(above - (other[this.top] ?? 0)));
    this.#curves.push(curve);
  }

  /** Whether each place of the topmost rung is taken by one that, up to noise, had it at the rung below. */
  get isAlike(): boolean {
    const noise = this.#noise ?? this.#apart.value ?? 0;
    return this.#byAbove.every(({ below }, place) => {
      const other = this.#byBelow[place]?.below ?? below;
      return below === other || Math.abs(below - other) <= noise;
    });
  }
}

/** The greatest first, of equals the lower ordinal. */
function insert(standings: Standing[], standing: Standing, valueOf: (standing: Standing) => number): void {
  const value = valueOf(standing);
  let low = 0;
  let high = standings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = standings[middle];
    if (other === undefined) break;
    const isBefore = valueOf(other) === value ? other.ordinal < standing.ordinal : valueOf(other) > value;
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  standings.splice(low, 0, standing);
}

function swaps(curve: readonly number[], other: readonly number[]): number {
  let count = 0;
  let last = 0;
  // A rung that a training ran past on another sweep's behalf has no value.
  curve.forEach((value, rung) => {
    const sign = Math.sign(value - (other[rung] ?? value));
    if (sign === 0) return;
    if (last !== 0 && sign !== last) count += 1;
    last = sign;
  });
  return count;
}
