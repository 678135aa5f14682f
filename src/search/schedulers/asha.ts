import type { RungDecision, SchedulerKind } from '../scheduler.ts';
import { exactShare } from './ranked-rung.ts';
import { rankingScheduler, type RungRule } from './rung-fold.ts';

/** Going on without waiting: whoever is among the best share of those that are here. */
export const ashaRule: RungRule = (rungs, keep, trainings) => {
  const decisions: RungDecision[] = [];
  const inTheEnd = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.floor(exactShare(keep, count))));
  let mayArrive = trainings;
  for (const at of rungs) {
    const outstanding = Math.max(0, mayArrive - at.heard);
    const remain = inTheEnd(at.ranked + outstanding);
    const goOn = outstanding === 0 ? remain : Math.floor(exactShare(keep, at.ranked));
    const why = {
      promote: `${goOn} go on${outstanding === 0 ? '' : ' so far'}`,
      prune: `${remain} go on of all that may come`,
    };
    decisions.push(...at.decide({ goOn, remain, outstanding, isFinal: false, why }));
    // Whoever has gone on may arrive, and whoever still may: more than the best share, where the best came last.
    mayArrive = at.promoted + at.waiting + outstanding;
  }
  return decisions;
};

/**
 * Asynchronous successive halving: a training goes on as soon as it is among the best `keep` share of those that have
 * reached its rung so far, so that no slot waits for a rung to fill; who is not waits, and goes on when others that come
 * are worse. Some go on that all results together would not have let. Who can no longer get among the best, whatever is
 * still to come, is pruned; the best of a rung goes on in any case. Source: Li et al., arXiv 1810.05934, algorithm 2.
 */
export const asha: SchedulerKind = rankingScheduler({
  kind: 'asha',
  example: '{kind: asha, rungs: [0.125, 0.25, 0.5], keep: 0.5}',
  sentence: 'Halving without waiting: who is among the best so far goes on at once',
  keep: { share: 1 / 3, spelled: '1/3' },
  rule: ashaRule,
});
