import { numberSetting, numbersSetting } from '../../sweep/search-section.ts';
import { properShare } from '../../sweep/number-rules.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { RankedRung, spellValue } from './ranked-rung.ts';
import { readRungs, stepsOfShares } from './rung-shares.ts';

/**
 * Successive halving with fixed rungs: at each rung but the last, the best `keep` share of those that may reach it
 * goes on (at least one), the others are pruned. Ties go to the lower ordinal. A training that failed takes part as
 * the worst and gets no decision. A decision is given as soon as no outstanding report can change it, and is never
 * taken back, so that slots do not wait for a rung to fill. Source: Jamieson and Talwalkar, arXiv 1502.07943.
 */
export const halving: SchedulerKind = {
  section: {
    kind: 'halving',
    example: '{kind: halving, rungs: [0.25, 0.5], keep: 0.5}',
    read: (section) => ({ rungs: readRungs(section), keep: section.number('keep', properShare) ?? 0.5 }),
  },
  make: (definition) => {
    const shares = numbersSetting(definition, 'rungs');
    const keep = numberSetting(definition, 'keep');
    return {
      decides: true,
      rungCount: () => shares.length + 1,
      rungSteps: (totalSteps) => stepsOfShares(shares, totalSteps),
      open: () => new HalvingFold(shares.length, keep),
    };
  },
};

/** A rung with who of it is decided: the best `promoted` and those from `kept` on; what lies between waits. */
class HalvingRung extends RankedRung {
  promoted = 0;
  kept = 0;
  /** Where the newest report stands; null: nothing new. */
  place: number | null = null;
  readonly decided = new Set<number>();
}

/** @param rungs those that decide: all but the training's end */
class HalvingFold implements SchedulerFold {
  readonly #rungs: readonly HalvingRung[];
  readonly #keep: number;
  #trainings = 0;

  constructor(rungs: number, keep: number) {
    this.#rungs = Array.from({ length: rungs }, () => new HalvingRung());
    this.#keep = keep;
  }

  planned(trainings: number): readonly RungDecision[] {
    this.#trainings = trainings;
    return this.#settle();
  }

  report(ordinal: number, rung: number, value: number | null): readonly RungDecision[] {
    const at = this.#rungs[rung];
    if (at === undefined) return [];
    if (value === null || Number.isNaN(value)) at.failed.add(ordinal);
    else at.place = at.insert({ ordinal, value });
    return this.#settle();
  }

  retract(ordinal: number, rung: number): void {
    this.#rungs[rung]?.failed.delete(ordinal);
  }

  #settle(): readonly RungDecision[] {
    const decisions: RungDecision[] = [];
    let seats = this.#trainings;
    let mayArrive = this.#trainings;
    this.#rungs.forEach((at, rung) => {
      const outstanding = Math.max(0, mayArrive - at.heard);
      seats = Math.max(1, Math.ceil(roundOff(this.#keep * seats)));
      decisions.push(...decide(at, rung, seats, outstanding));
      mayArrive = Math.min(seats, at.reports.length + outstanding);
    });
    return decisions;
  }
}

/** `index` reports rank above the one there; at most `outstanding` more may. */
function decide(at: HalvingRung, rung: number, seats: number, outstanding: number): readonly RungDecision[] {
  const decisions: RungDecision[] = [];
  const give = (index: number, kind: 'promote' | 'prune', why: string): void => {
    const report = at.reports[index];
    if (report === undefined || at.decided.has(report.ordinal)) return;
    at.decided.add(report.ordinal);
    const reason = `rung ${rung}: ${spellValue(report.value)} ranks ${index + 1} of ${at.reports.length}, ${why}`;
    decisions.push({ ordinal: report.ordinal, rung, kind, reason });
  };
  const goOn = Math.min(at.reports.length, seats - outstanding);
  const more = outstanding === 0 ? '' : `, with ${outstanding} still to report`;
  const beaten = `${seats} go on, the last of them with ${spellValue(at.reports[seats - 1]?.value ?? Number.NaN)}`;
  const ahead = `${seats} go on${more}`;
  const { place } = at;
  at.place = null;
  // A report that comes among the decided is decided as they are, and moves those behind it on by one.
  if (place !== null && place < at.promoted) {
    if (place < goOn) give(place, 'promote', ahead);
    at.promoted = place < goOn ? at.promoted + 1 : place;
  }
  if (place !== null) {
    if (place < at.kept) at.kept += 1;
    else if (place >= seats) give(place, 'prune', beaten);
    else at.kept = place + 1;
  }
  for (; at.promoted < goOn; at.promoted += 1) give(at.promoted, 'promote', ahead);
  for (; at.kept > seats; at.kept -= 1) give(at.kept - 1, 'prune', beaten);
  return decisions;
}

/** 0.1 × 30 is 3.0000000000000004 in binary: it must keep 3, not 4. */
function roundOff(share: number): number {
  return Number(share.toPrecision(12));
}
