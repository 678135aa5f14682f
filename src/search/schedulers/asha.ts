import { numberSetting, numbersSetting } from '../../sweep/search-section.ts';
import { properShare } from '../../sweep/number-rules.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { exactShare, RankedRung } from './ranked-rung.ts';
import { readRungs, stepsOfShares } from './rung-shares.ts';

/**
 * Asynchronous successive halving: a training goes on as soon as it is among the best `keep` share of those that have
 * reached its rung so far, so that no slot waits for a rung to fill; who is not waits, and goes on when others that come
 * are worse. Some go on that all results together would not have let. Who can no longer get among the best, whatever is
 * still to come, is pruned; the best of a rung goes on in any case. Source: Li et al., arXiv 1810.05934, algorithm 2.
 */
export const asha: SchedulerKind = {
  section: {
    kind: 'asha',
    example: '{kind: asha, rungs: [0.125, 0.25, 0.5], keep: 0.5}',
    sentence: 'Halving without waiting: who is among the best so far goes on at once',
    fields: [
      {
        name: 'rungs',
        expected: 'shares between 0 and 1, rising',
        sentence: 'After which shares of the steps it decides',
      },
      { name: 'keep', expected: 'a share between 0 and 1', sentence: 'Which share of a rung goes on; default 1/3' },
    ],
    read: (section) => ({ rungs: readRungs(section), keep: section.number('keep', properShare) ?? 1 / 3 }),
  },
  make: (definition) => {
    const shares = numbersSetting(definition, 'rungs');
    const keep = numberSetting(definition, 'keep');
    return {
      decides: true,
      rungCount: () => shares.length + 1,
      rungSteps: (totalSteps) => stepsOfShares(shares, totalSteps),
      open: () => new AshaFold(shares.length, keep),
    };
  },
};

/** @param rungs those that decide: all but the training's end */
export class AshaFold implements SchedulerFold {
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

  #settle(): readonly RungDecision[] {
    const decisions: RungDecision[] = [];
    let mayArrive = this.#trainings;
    for (const at of this.#rungs) {
      const outstanding = Math.max(0, mayArrive - at.heard);
      const remain = this.#inTheEnd(at.ranked + outstanding);
      const goOn = outstanding === 0 ? remain : Math.floor(exactShare(this.#keep, at.ranked));
      const why = {
        promote: `${goOn} go on${outstanding === 0 ? '' : ' so far'}`,
        prune: `${remain} go on of all that may come`,
      };
      decisions.push(...at.decide({ goOn, remain, why }));
      // Whoever has gone on may arrive, and in the end the best share of all that ever reported here.
      mayArrive = Math.max(remain, at.promoted + Math.max(0, remain - at.promoted));
    }
    return decisions;
  }

  #inTheEnd(count: number): number {
    return count === 0 ? 0 : Math.max(1, Math.floor(exactShare(this.#keep, count)));
  }
}
