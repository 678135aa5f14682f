import type { RungDecision, SchedulerKind } from '../scheduler.ts';
import { exactShare } from './ranked-rung.ts';
import { rankingScheduler, type RungRule } from './rung-fold.ts';

/** Seats of each rung, fixed beforehand: at most `outstanding` of those still to report rank above one that is here. */
const halvingRule: RungRule = (rungs, keep, trainings) => {
  const decisions: RungDecision[] = [];
  let seats = trainings;
  let mayArrive = trainings;
  for (const at of rungs) {
    const outstanding = Math.max(0, mayArrive - at.heard);
    seats = Math.max(1, Math.ceil(exactShare(keep, seats)));
    const more = outstanding === 0 ? '' : `, with ${outstanding} still to report`;
    const why = {
      promote: `${seats} go on${more}`,
      prune: `${seats} go on, the last of them with ${at.spelledAt(seats - 1)}`,
    };
    decisions.push(...at.decide({ goOn: seats - outstanding, remain: seats, outstanding, isFinal: true, why }));
    mayArrive = Math.min(seats, at.ranked + outstanding);
  }
  return decisions;
};

/**
 * Successive halving with fixed rungs: at each rung but the last, the best `keep` share of those that may reach it
 * goes on (at least one), the others are pruned. Ties go to the lower ordinal. A training that failed takes part as
 * the worst and gets no decision. A decision is given as soon as no outstanding report can change it, and is never
 * taken back, so that slots do not wait for a rung to fill. Source: Jamieson and Talwalkar, arXiv 1502.07943.
 */
export const halving: SchedulerKind = rankingScheduler({
  kind: 'halving',
  example: '{kind: halving, rungs: [0.25, 0.5], keep: 0.5}',
  sentence: 'Of all trainings, a share goes on at each rung',
  keep: { share: 0.5, spelled: '0.5' },
  rule: halvingRule,
});
