import type { SpellValue } from '../estimates/spell-value.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision } from '../scheduler.ts';

interface RankedReport {
  readonly ordinal: number;
  readonly value: number;
}

/** The outcome at a rung now: the best `goOn` go on, and all but the best `remain` end. */
export interface RungShares {
  readonly goOn: number;
  readonly remain: number;
  /** Reports that may still come. */
  readonly outstanding: number;
  /** True: nobody goes on whom a report to come could keep. Where places are final, `goOn` says it already. */
  readonly isFinal: boolean;
  /** Said of each that goes on, and of each that ends. */
  readonly why: Readonly<Record<RungDecision['kind'], string>>;
}

/** Reports of one rung, whatever they are ranked by. */
export interface Rung {
  readonly ranked: number;
  readonly heard: number;
  readonly promoted: number;
  readonly waiting: number;
  spelledAt(place: number): string;
  /** @param further what other objectives were, greater is better */
  hear(ordinal: number, value: number | null, further: readonly number[]): void;
  retract(ordinal: number): void;
  decide(shares: RungShares): readonly RungDecision[];
  /** That is decided, whatever would have been. @returns whether it is another decision than this rung gave */
  stands(ordinal: number, kind: RungDecision['kind']): boolean;
}

/** Who of a rung is decided, and how. */
export class Decided {
  readonly #own: { readonly kinds: Map<number, RungDecision['kind']>; promoted: number };

  constructor(memory: FoldMemory) {
    this.#own = memory.part('decided', { kinds: new Map(), promoted: 0 });
  }

  get size(): number {
    return this.#own.kinds.size;
  }

  /** How many have gone on. */
  get promoted(): number {
    return this.#own.promoted;
  }

  has(ordinal: number): boolean {
    return this.#own.kinds.has(ordinal);
  }

  /** @returns false where it was so already */
  set(ordinal: number, kind: RungDecision['kind']): boolean {
    const before = this.#own.kinds.get(ordinal);
    if (before === kind) return false;
    this.#own.kinds.set(ordinal, kind);
    this.#own.promoted += Number(kind === 'promote') - Number(before === 'promote');
    return true;
  }
}

interface RankedMemory {
  readonly reports: RankedReport[];
  readonly failed: Set<number>;
  /** All above this place are decided. */
  ahead: number;
  /** All from this place on are decided. */
  behind: number;
  /** Where the newest report stands; null: nothing new. */
  place: number | null;
}

/**
 * Reports of one rung, the best first, with who of them is decided; ties go to the lower ordinal. Who failed is
 * counted, not ranked. A report costs the search for its place and the decisions that follow from it, however many
 * there are.
 */
export class RankedRung implements Rung {
  readonly #rung: number;
  readonly #own: RankedMemory;
  readonly #decided: Decided;
  readonly #spell: SpellValue;

  constructor(rung: number, memory: FoldMemory, spell: SpellValue) {
    const place = memory.within(`rung ${rung}`);
    this.#rung = rung;
    this.#spell = spell;
    this.#own = place.part('reports', { reports: [], failed: new Set(), ahead: 0, behind: 0, place: null });
    this.#decided = new Decided(place);
  }

  get promoted(): number {
    return this.#decided.promoted;
  }

  /** Reports with a value. */
  get ranked(): number {
    return this.#own.reports.length;
  }

  /** Reports so far, failures included. */
  get heard(): number {
    return this.#own.reports.length + this.#own.failed.size;
  }

  /** Reports with a value that are not decided. */
  get waiting(): number {
    return this.#own.reports.length - this.#decided.size;
  }

  /** The value at a place; spelled for a reason. */
  spelledAt(place: number): string {
    return this.#spell(this.#own.reports[place]?.value ?? Number.NaN);
  }

  hear(ordinal: number, value: number | null): void {
    if (value === null || Number.isNaN(value)) this.#own.failed.add(ordinal);
    else this.#own.place = this.#insert({ ordinal, value });
  }

  retract(ordinal: number): void {
    this.#own.failed.delete(ordinal);
  }

  stands(ordinal: number, kind: RungDecision['kind']): boolean {
    return this.#decided.set(ordinal, kind);
  }

  /** Decisions that follow and were not given before. */
  decide({ goOn, remain, why }: RungShares): readonly RungDecision[] {
    const decisions: RungDecision[] = [];
    const give = (place: number, kind: RungDecision['kind']): void => {
      const report = this.#own.reports[place];
      if (report === undefined || this.#decided.has(report.ordinal)) return;
      this.#decided.set(report.ordinal, kind);
      const reason = `rung ${this.#rung}: ${this.#spell(report.value)} ranks ${place + 1} of ${this.ranked}, ${why[kind]}`;
      decisions.push({ ordinal: report.ordinal, rung: this.#rung, kind, reason });
    };
    const place = this.#own.place;
    this.#own.place = null;
    // A report that comes among the decided is decided as they are, and moves those behind it on by one.
    if (place !== null && place < this.#own.ahead) {
      if (place < goOn) give(place, 'promote');
      this.#own.ahead = place < goOn ? this.#own.ahead + 1 : place;
    }
    if (place !== null) {
      if (place < this.#own.behind) this.#own.behind += 1;
      else if (place >= remain) give(place, 'prune');
      else this.#own.behind = place + 1;
    }
    for (; this.#own.ahead < Math.min(goOn, this.ranked); this.#own.ahead += 1) give(this.#own.ahead, 'promote');
    for (; this.#own.behind > remain; this.#own.behind -= 1) give(this.#own.behind - 1, 'prune');
    return decisions;
  }

  /** @returns how many are better */
  #insert(report: RankedReport): number {
    let low = 0;
    let high = this.#own.reports.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#own.reports[middle];
      if (other !== undefined && isBetter(other, report)) low = middle + 1;
      else high = middle;
    }
    this.#own.reports.splice(low, 0, report);
    return low;
  }
}

function isBetter(a: RankedReport, b: RankedReport): boolean {
  return a.value === b.value ? a.ordinal < b.ordinal : a.value > b.value;
}

/** So many of `count` are a share of them: 0.1 × 30 is 3.0000000000000004 in binary, and must be 3, not 4. */
export function exactShare(share: number, count: number): number {
  return Number((share * count).toPrecision(12));
}
