import type { SpellValue } from '../estimates/spell-value.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold } from '../scheduler.ts';
import { ashaRule } from './asha.ts';
import { PashaRanking } from './pasha-ranking.ts';
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
  /** Made again from the curves where a fold is taken up, or a further rung is opened. */
  #ranked: PashaRanking | null = null;

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
      if (this.#ranked !== null && (rung === this.#ranked.top || rung === this.#ranked.top - 1))
        this.#ranked.add(ordinal, curve);
    }
    if (rung === this.#own.top)
      while (this.#own.top < this.#rungs.length && !this.#ranking().isAlike) this.#own.top += 1;
    return this.#decide();
  }

  stands({ ordinal, rung, kind }: RungDecision): readonly RungDecision[] {
    return this.#rungs[rung]?.stands(ordinal, kind) === true ? this.#decide() : [];
  }

  retract(ordinal: number, rung: number): void {
    this.#rungs[rung]?.retract(ordinal);
  }

  #ranking(): PashaRanking {
    if (this.#ranked?.top !== this.#own.top)
      this.#ranked = new PashaRanking(this.#own.top, this.#noise, this.#own.curves);
    return this.#ranked;
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
}
