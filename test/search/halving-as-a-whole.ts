import type { RungReport } from './scheduler-contract.ts';

/**
 * Successive halving as it is defined over all reports at once: what its fold has to come to. At each rung the best
 * `keep` share of those that may reach it goes on, and a decision stands as soon as no outstanding report can change it.
 */
export function halvingAsAWhole(
  reports: readonly RungReport[],
  { rungs, trainings, keep }: { readonly rungs: number; readonly trainings: number; readonly keep: number },
): ReadonlySet<string> {
  const decisions = new Set<string>();
  let seats = trainings;
  let mayArrive = trainings;
  for (let rung = 0; rung < rungs; rung += 1) {
    const atRung = reports.filter((report) => report.rung === rung);
    const outstanding = Math.max(0, mayArrive - atRung.length);
    seats = Math.max(1, Math.ceil(Number((keep * seats).toPrecision(12))));
    const ranked = atRung
      .flatMap(({ ordinal, value }) => (value === null ? [] : [{ ordinal, value }]))
      .sort((a, b) => b.value - a.value || a.ordinal - b.ordinal);
    ranked.forEach(({ ordinal }, better) => {
      if (better >= seats) decisions.add(`${ordinal}/${rung}/prune`);
      else if (better + outstanding < seats) decisions.add(`${ordinal}/${rung}/promote`);
    });
    mayArrive = Math.min(seats, ranked.length + outstanding);
  }
  return decisions;
}
