import { dominates, frontOrder, type Objectives } from '../../stats/non-dominated-ranks.ts';
import type { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision } from '../scheduler.ts';
import type { Rung, RungShares } from './ranked-rung.ts';
import { Decided, spellValue } from './ranked-rung.ts';

interface FrontReport {
  readonly ordinal: number;
  readonly values: Objectives;
  /** How many of the others dominate it, and how many it does. */
  above: number;
  below: number;
}

/**
 * Reports of one rung over several objectives, ranked by front (non-dominated sorting), on a front the loneliest first,
 * then the lower ordinal. A report that comes may change the places of others, so what nothing to come can change is told
 * by dominance: whoever is dominated by as many as may go on never will, and whoever dominates all but as many always does.
 */
export class FrontRung implements Rung {
  readonly #rung: number;
  readonly #own: { readonly reports: FrontReport[]; readonly failed: Set<number> };
  readonly #decided: Decided;

  constructor(rung: number, memory: FoldMemory) {
    const place = memory.within(`rung ${rung}`);
    this.#rung = rung;
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
    const report = this.#inOrder()[place];
    return report === undefined ? 'no value' : spelled(report.values);
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
    this.#own.reports.push(report);
  }

  retract(ordinal: number): void {
    this.#own.failed.delete(ordinal);
  }

  stands(ordinal: number, kind: RungDecision['kind']): boolean {
    return this.#decided.set(ordinal, kind);
  }

  decide({ goOn, remain, outstanding, isFinal, why }: RungShares): readonly RungDecision[] {
    if (this.waiting === 0) return [];
    const decisions: RungDecision[] = [];
    this.#inOrder().forEach((report, place) => {
      if (this.#decided.has(report.ordinal)) return;
      // At worst all that it does not dominate come before it.
      const worst = isFinal && outstanding > 0 ? this.#own.reports.length - 1 - report.below : place;
      const isOut = outstanding > 0 ? report.above >= remain : place >= remain;
      const kind = worst < goOn ? 'promote' : isOut ? 'prune' : null;
      if (kind === null) return;
      this.#decided.set(report.ordinal, kind);
      const reason = `rung ${this.#rung}: ${spelled(report.values)} ranks ${place + 1} of ${this.ranked} by fronts, ${why[kind]}`;
      decisions.push({ ordinal: report.ordinal, rung: this.#rung, kind, reason });
    });
    return decisions;
  }

  #inOrder(): readonly FrontReport[] {
    const byOrdinal = [...this.#own.reports].sort((a, b) => a.ordinal - b.ordinal);
    return frontOrder(byOrdinal.map(({ values }) => values)).flatMap((index) => byOrdinal[index] ?? []);
  }
}

/** As they were turned: greater is better. */
function spelled(values: Objectives): string {
  return `(${values.map(spellValue).join(', ')})`;
}
