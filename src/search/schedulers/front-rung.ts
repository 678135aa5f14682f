import { FrontLevels } from '../../stats/front-levels.ts';
import { dominates, loneliestFirst, type Objectives } from '../../stats/non-dominated-ranks.ts';
import type { SpellValue } from '../estimates/spell-value.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision } from '../scheduler.ts';
import type { Rung, RungShares } from './ranked-rung.ts';
import { Decided } from './ranked-rung.ts';

interface FrontReport {
  readonly ordinal: number;
  readonly values: Objectives;
  /** How many of the others dominate it, and how many it does. */
  above: number;
  below: number;
}

/** What follows from the reports, and is made again from them where a fold is taken up. */
interface Fronts {
  readonly levels: FrontLevels;
  /** Places among the reports of those that are not decided, by their ordinals. */
  readonly undecided: Map<number, number>;
}

/**
 * Reports of one rung over several objectives, ranked by front (non-dominated sorting), on a front the loneliest first,
 * then the lower ordinal. A report that comes may change the places of others, so what nothing to come can change is told
 * by dominance: whoever is dominated by as many as may go on never will, and whoever dominates all but as many always does.
 * A report costs a look at each of the others; only fronts that somebody is decided on are put in order.
 */
export class FrontRung implements Rung {
  readonly #rung: number;
  readonly #own: { readonly reports: FrontReport[]; readonly failed: Set<number> };
  readonly #decided: Decided;
  readonly #spell: SpellValue;
  #known: Fronts | null = null;

  constructor(rung: number, memory: FoldMemory, spell: SpellValue) {
    const place = memory.within(`rung ${rung}`);
    this.#rung = rung;
    this.#spell = spell;
    this.#own = place.part('fronts', { reports: [], failed: new Set() });
    this.#decided = new Decided(place);
  }

  get promoted(): number {
    return this.#decided.promoted;
  }

  get ranked(): number {
    return this.#own.reports.length;
  }

  get heard(): number {
    return this.#own.reports.length + this.#own.failed.size;
  }

  get waiting(): number {
    return this.#own.reports.length - this.#decided.size;
  }

  spelledAt(place: number): string {
    const { starts, ordered } = this.#layOut();
    const level = starts.findLastIndex((start) => start <= place);
    const report = ordered(level)[place - (starts[level] ?? 0)];
    return report === undefined ? 'no value' : this.#spelled(report.values);
  }

  hear(ordinal: number, value: number | null, further: readonly number[]): void {
    if (value === null || Number.isNaN(value)) {
      this.#own.failed.add(ordinal);
      return;
    }
    const report: FrontReport = { ordinal, values: [value, ...further], above: 0, below: 0 };
    for (const other of this.#own.reports) {
      if (dominates(other.values, report.values)) {
        report.above += 1;
        other.below += 1;
      } else if (dominates(report.values, other.values)) {
        report.below += 1;
        other.above += 1;
      }
    }
    this.#known?.levels.add(report.values);
    if (!this.#decided.has(ordinal)) this.#known?.undecided.set(ordinal, this.#own.reports.length);
    this.#own.reports.push(report);
  }

  retract(ordinal: number): void {
    this.#own.failed.delete(ordinal);
  }

  stands(ordinal: number, kind: RungDecision['kind']): boolean {
    this.#known?.undecided.delete(ordinal);
    return this.#decided.set(ordinal, kind);
  }

  decide({ goOn, remain, outstanding, isFinal, why }: RungShares): readonly RungDecision[] {
    if (this.waiting === 0) return [];
    const { levels, undecided } = this.#fronts();
    const { starts, ordered } = this.#layOut();
    const placeOf = (report: FrontReport, level: number): number =>
      (starts[level] ?? 0) + ordered(level).indexOf(report);
    /** Whether it is among the first so many: of most fronts all are, or none is. */
    const isAmong = (report: FrontReport, level: number, first: number): boolean => {
      if ((starts[level] ?? 0) >= first) return false;
      return (starts[level + 1] ?? this.ranked) <= first || placeOf(report, level) < first;
    };
    const made: { readonly report: FrontReport; readonly place: number; readonly kind: RungDecision['kind'] }[] = [];
    for (const at of undecided.values()) {
      const report = this.#own.reports[at];
      if (report === undefined) continue;
      const level = levels.levelOf(at);
      // At worst all that it does not dominate come before it.
      const isAhead = isFinal && outstanding > 0 ? this.ranked - 1 - report.below < goOn : isAmong(report, level, goOn);
      const isOut = outstanding > 0 ? report.above >= remain : !isAmong(report, level, remain);
      if (isAhead || isOut) made.push({ report, place: placeOf(report, level), kind: isAhead ? 'promote' : 'prune' });
    }
    return made
      .sort((a, b) => a.place - b.place)
      .map(({ report: { ordinal, values }, place, kind }) => {
        this.stands(ordinal, kind);
        const reason = `rung ${this.#rung}: ${this.#spelled(values)} ranks ${place + 1} of ${this.ranked} by fronts, ${why[kind]}`;
        return { ordinal, rung: this.#rung, kind, reason };
      });
  }

  #fronts(): Fronts {
    this.#known ??= {
      levels: new FrontLevels(this.#own.reports.map(({ values }) => values)),
      undecided: new Map(
        this.#own.reports.flatMap(({ ordinal }, at) => (this.#decided.has(ordinal) ? [] : [[ordinal, at] as const])),
      ),
    };
    return this.#known;
  }

  /** The place of the first report of each front, and the reports of one in their order. */
  #layOut() {
    const { levels } = this.#fronts().levels;
    const starts: number[] = [];
    levels.reduce((start, level) => {
      starts.push(start);
      return start + level.length;
    }, 0);
    const known = new Map<number, readonly FrontReport[]>();
    const ordered = (level: number): readonly FrontReport[] => {
      const order = known.get(level) ?? this.#inOrder(levels[level] ?? []);
      known.set(level, order);
      return order;
    };
    return { starts, ordered };
  }

  #inOrder(level: readonly number[]): readonly FrontReport[] {
    const reports = level.flatMap((at) => this.#own.reports[at] ?? []).sort((a, b) => a.ordinal - b.ordinal);
    const values = reports.map((report) => report.values);
    return loneliestFirst([...reports.keys()], values).flatMap((place) => reports[place] ?? []);
  }

  #spelled(values: Objectives): string {
    return `(${values.map((value, objective) => this.#spell(value, objective)).join(', ')})`;
  }
}
