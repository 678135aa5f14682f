import { numberSetting, numbersSetting } from '../../sweep/search-section.ts';
import { properShare } from '../../sweep/number-rules.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { exactShare, RankedRung } from './ranked-rung.ts';
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
    sentence: 'Of all trainings, a share goes on at each rung',
    fields: [
      {
        name: 'rungs',
        expected: 'shares between 0 and 1, rising',
        sentence: 'After which shares of the steps it decides',
      },
      { name: 'keep', expected: 'a share between 0 and 1', sentence: 'Which share of a rung goes on; default 0.5' },
    ],
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

/** @param rungs those that decide: all but the training's end */
class HalvingFold implements SchedulerFold {
  readonly #rungs: readonly RankedRung[];
  readonly #keep: number;
  #trainings = 0;

  constructor(rungs: number, keep: number) {
    this.#rungs = Array.from({ length: rungs }, (_, rung) => new RankedRung(rung));
    this.#keep = keep;
  }

  planned(trainings: number): readonly RungDecision[] {
    this.#trainings = trainings;
    return this.#settle();
  }

  report(ordinal: number, rung: number, value: number | null): readonly RungDecision[] {
    this.#rungs[rung]?.hear(ordinal, value);
    return this.#settle();
  }

  retract(ordinal: number, rung: number): void {
    this.#rungs[rung]?.retract(ordinal);
  }

  /** At most `outstanding` of those still to report rank above one that is here. */
  #settle(): readonly RungDecision[] {
    const decisions: RungDecision[] = [];
    let seats = this.#trainings;
    let mayArrive = this.#trainings;
    for (const at of this.#rungs) {
      const outstanding = Math.max(0, mayArrive - at.heard);
      seats = Math.max(1, Math.ceil(exactShare(this.#keep, seats)));
      const more = outstanding === 0 ? '' : `, with ${outstanding} still to report`;
      const why = {
        promote: `${seats} go on${more}`,
        prune: `${seats} go on, the last of them with ${at.spelledAt(seats - 1)}`,
      };
      decisions.push(...at.decide({ goOn: seats - outstanding, remain: seats, why }));
      mayArrive = Math.min(seats, at.ranked + outstanding);
    }
    return decisions;
  }
}
