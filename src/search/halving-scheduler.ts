import type { RungDecision, RungReport, Scheduler } from './scheduler.ts';

/**
 * Successive halving with fixed rungs: at each rung but the last, the best `keep` share of those that may reach it
 * goes on (at least one), the others are pruned. Ties go to the lower ordinal. A training that failed takes part as
 * the worst and gets no decision. A decision is given as soon as no outstanding report can change it, and is never
 * taken back, so that slots do not wait for a rung to fill. Source: Jamieson and Talwalkar, arXiv 1502.07943.
 * @param shares where rungs end, as shares of the steps in (0, 1], ascending; the end of the training is a rung anyway
 * @param keep share that goes on, in (0, 1)
 */
export function halvingScheduler(shares: readonly number[], keep: number): Scheduler {
  return {
    rungSteps: (totalSteps) => {
      const steps = shares.map((share) => Math.min(totalSteps, Math.max(1, Math.round(share * totalSteps))));
      return [...new Set([...steps, totalSteps])].sort((a, b) => a - b);
    },
    decide: (reports, trainings) => decideRungs(reports, trainings, keep),
  };
}

function decideRungs(reports: readonly RungReport[], trainings: number, keep: number): readonly RungDecision[] {
  const decisions: RungDecision[] = [];
  const lastRung = Math.max(-1, ...reports.map((report) => report.rung));
  let seats = trainings;
  let mayArrive = trainings;
  for (let rung = 0; rung <= lastRung; rung += 1) {
    const atRung = latestReports(reports, rung);
    const outstanding = Math.max(0, mayArrive - atRung.length);
    seats = Math.max(1, Math.ceil(roundOff(keep * seats)));
    const ranked = rank(atRung);
    ranked.forEach(({ ordinal }, better) => {
      // `better` reports rank above this one; at most `outstanding` more may.
      if (better >= seats) decisions.push({ ordinal, rung, decision: 'prune' });
      else if (better + outstanding < seats) decisions.push({ ordinal, rung, decision: 'promote' });
    });
    mayArrive = Math.min(seats, ranked.length + outstanding);
  }
  return decisions;
}

/** One report per ordinal: a repeated one is the same report. */
function latestReports(reports: readonly RungReport[], rung: number): readonly RungReport[] {
  const byOrdinal = new Map<number, RungReport>();
  for (const report of reports) if (report.rung === rung) byOrdinal.set(report.ordinal, report);
  return [...byOrdinal.values()];
}

function rank(reports: readonly RungReport[]): readonly { readonly ordinal: number; readonly value: number }[] {
  return reports
    .flatMap(({ ordinal, value }) => (value === null || Number.isNaN(value) ? [] : [{ ordinal, value }]))
    .sort((a, b) => (a.value === b.value ? a.ordinal - b.ordinal : a.value < b.value ? 1 : -1));
}

/** 0.1 × 30 is 3.0000000000000004 in binary: it must keep 3, not 4. */
function roundOff(share: number): number {
  return Number(share.toPrecision(12));
}
