import type { SpellValue } from '../estimates/spell-value.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold } from '../scheduler.ts';
import { ashaRule } from './asha.ts';
import { RankedRung } from './ranked-rung.ts';

const undecided = {
  goOn: 0,
  remain: Number.POSITIVE_INFINITY,
  outstanding: 0,
  isFinal: true,
  why: { promote: '', prune: '' },
} as const;

export interface PashaRule {
  /** Those that decide: all but the training's end. */
  readonly rungs: number;
  readonly keep: number;
  /** How far values lie apart that count as equal; null: as it is seen. */
  readonly noise: number | null;
}

interface PashaMemory {
  /** By training what it reached at each rung. */
  readonly curves: Map<number, number[]>;
  /** The topmost rung that is open: nobody goes beyond it before it is known to be needed. */
  top: number;
  trainings: number;
}

/** The state of PASHA: see pasha.ts. */
export class PashaFold implements SchedulerFold {
  readonly #rungs: readonly RankedRung[];
  readonly #keep: number;
  /** Null: as it is seen. */
  readonly #noise: number | null;
  readonly #own: PashaMemory;

  constructor({ rungs, keep, noise }: PashaRule, memory: FoldMemory, spell: SpellValue) {
    this.#own = memory.part('pasha', { curves: new Map(), top: 1, trainings: 0 });
    this.#rungs = Array.from({ length: rungs }, (_, rung) => new RankedRung(rung, memory, spell));
    this.#keep = keep;
    this.#noise = noise;
  }

  planned(trainings: number): readonly RungDecision[] {
    this.#own.trainings = trainings;
    return this.#decide();
  }

  report(ordinal: number, rung: number, value: number | null): readonly RungDecision[] {
    this.#rungs[rung]?.hear(ordinal, value);
    // Nobody is decided there yet, but the rung has to follow who stands where.
    if (rung >= this.#own.top) this.#rungs[rung]?.decide(undecided);
    if (value !== null && !Number.isNaN(value)) {
      const curve = this.#own.curves.get(ordinal) ?? [];
      curve[rung] = value;
      this.#own.curves.set(ordinal, curve);
    }
    if (rung === this.#own.top) while (this.#own.top < this.#rungs.length && !this.#ranksAlike()) this.#own.top += 1;
    return this.#decide();
  }

  stands({ ordinal, rung, kind }: RungDecision): readonly RungDecision[] {
    return this.#rungs[rung]?.stands(ordinal, kind) === true ? this.#decide() : [];
  }

  retract(ordinal: number, rung: number): void {
    this.#rungs[rung]?.retract(ordinal);
  }

  #decide(): readonly RungDecision[] {
    const made = [...ashaRule(this.#rungs.slice(0, this.#own.top), this.#keep, this.#own.trainings)];
    const top = this.#rungs[this.#own.top];
    if (top !== undefined && this.#allAreHere()) {
      const why = `rungs ${this.#own.top - 1} and ${this.#own.top} rank alike`;
      const shares = { goOn: 1, remain: 1, outstanding: 0, isFinal: true };
      made.push(...top.decide({ ...shares, why: { promote: `${why}, and it is the best`, prune: why } }));
    }
    // Who was the best at the top goes on to its end, alone.
    for (const beyond of this.#rungs.slice(this.#own.top + 1)) {
      const why = { promote: `the best of rung ${this.#own.top} goes on to its end`, prune: '' };
      made.push(...beyond.decide({ goOn: beyond.ranked, remain: beyond.ranked, outstanding: 0, isFinal: true, why }));
    }
    return made;
  }

  /** Whether all that may come to the topmost rung are there: those below it are all decided. */
  #allAreHere(): boolean {
    let coming = this.#own.trainings;
    for (const rung of this.#rungs.slice(0, this.#own.top)) {
      if (rung.heard < coming || rung.waiting > 0) return false;
      coming = rung.promoted;
    }
    return (this.#rungs[this.#own.top]?.heard ?? 0) >= coming;
  }

  /** Whether each place of the topmost rung is taken by one that, up to noise, had it at the rung below. */
  #ranksAlike(): boolean {
    const there = [...this.#own.curves].flatMap(([ordinal, curve]) => {
      const [above, below] = [curve[this.#own.top], curve[this.#own.top - 1]];
      return above === undefined || below === undefined ? [] : [{ ordinal, above, below, curve }];
    });
    if (there.length < 2) return true;
    const noise = this.#noise ?? seenNoise(there.map(({ curve }) => curve.slice(0, this.#own.top + 1)));
    const now = there.toSorted((a, b) => better(a.above, b.above) || a.ordinal - b.ordinal);
    const before = there.toSorted((a, b) => better(a.below, b.below) || a.ordinal - b.ordinal);
    return now.every(({ below }, place) => {
      const other = before[place]?.below ?? below;
      return below === other || Math.abs(below - other) <= noise;
    });
  }
}

function better(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** The 90th percentile of how far curves lie apart at their last rung that swapped places twice or more; none: 0. */
function seenNoise(curves: readonly (readonly number[])[]): number {
  const apart: number[] = [];
  curves.forEach((curve, index) => {
    for (const other of curves.slice(index + 1)) {
      if (swaps(curve, other) >= 2) apart.push(Math.abs((curve.at(-1) ?? 0) - (other.at(-1) ?? 0)));
    }
  });
  apart.sort((a, b) => a - b);
  return apart[Math.max(0, Math.ceil(0.9 * apart.length) - 1)] ?? 0;
}

function swaps(curve: readonly number[], other: readonly number[]): number {
  let count = 0;
  let last = 0;
  curve.forEach((value, rung) => {
    const sign = Math.sign(value - (other[rung] ?? value));
    if (sign === 0) return;
    if (last !== 0 && sign !== last) count += 1;
    last = sign;
  });
  return count;
}
