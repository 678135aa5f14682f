import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RungDecision, Scheduler } from '../../src/search/scheduler.ts';

export interface RungReport {
  readonly ordinal: number;
  readonly rung: number;
  readonly value: number | null;
}

const trainings = 9;

/** The laws that every scheduler keeps, whatever it decides. @param steps of a training that is long enough for it */
export function schedulerContract(scheduler: Scheduler, steps = 1_000): void {
  const mostRungs = Math.max(...Array.from({ length: trainings }, (_, ordinal) => scheduler.rungCount(ordinal)));
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 4 }), {
    minLength: trainings * mostRungs,
    maxLength: trainings * mostRungs,
  });
  const turns = fc.infiniteStream(fc.nat());

  it('ends rungs at rising steps, the last at the end of the training', () => {
    for (let ordinal = 0; ordinal < trainings; ordinal += 1) {
      for (const totalSteps of [steps, steps + 1, 7 * steps]) {
        const ends = scheduler.rungSteps(totalSteps, ordinal);
        expect(ends).toHaveLength(scheduler.rungCount(ordinal));
        expect(ends.at(-1)).toBe(totalSteps);
        ends.forEach((step, index) => expect(step).toBeGreaterThan(ends[index - 1] ?? 0));
      }
    }
  });

  it('decides of each training that waits, once at each rung, and in the end of all', () => {
    fc.assert(
      fc.property(values, turns, (drawn, order) => {
        const { reports, decisions } = playOut(scheduler, drawn, order);
        const keys = decisions.map(({ ordinal, rung }) => `${ordinal}/${rung}`);
        expect(new Set(keys).size).toBe(keys.length);
        const waiting = reports.filter(
          ({ ordinal, rung, value }) => value !== null && rung < scheduler.rungCount(ordinal) - 1,
        );
        expect(new Set(keys)).toEqual(new Set(waiting.map(({ ordinal, rung }) => `${ordinal}/${rung}`)));
      }),
    );
  });

  it('gives the same decisions for the same reports in the same order, and says why', () => {
    fc.assert(
      fc.property(values, turns, (drawn, order) => {
        const { reports, decisions } = playOut(scheduler, drawn, order);
        const fold = scheduler.open();
        const again = [...fold.planned(trainings)];
        for (const { ordinal, rung, value } of reports) again.push(...fold.report(ordinal, rung, value));
        expect(again).toEqual(decisions);
        for (const { reason } of decisions) expect(reason).toMatch(/rung \d/);
      }),
    );
  });

  it('lets somebody reach the end unless all have failed', () => {
    fc.assert(
      fc.property(values, turns, (drawn, order) => {
        const { reports } = playOut(scheduler, drawn, order);
        const last = reports.filter(({ ordinal, rung }) => rung === scheduler.rungCount(ordinal) - 1);
        const failures = reports.filter(({ value }) => value === null);
        if (failures.length === 0) expect(last.length).toBeGreaterThan(0);
      }),
    );
  });
}

/**
 * Reports as slots bring them, in an order that the turns draw: each training goes on as far as it is let. The last
 * rung's are results, which schedulers do not hear.
 */
export function playOut(
  scheduler: Scheduler,
  values: readonly (number | null)[],
  turns: Iterator<number>,
): { readonly reports: readonly RungReport[]; readonly decisions: readonly RungDecision[] } {
  const fold = scheduler.open();
  const decisions = [...fold.planned(trainings)];
  const reports: RungReport[] = [];
  const going = Array.from({ length: trainings }, (_, ordinal) => ({ ordinal, rung: 0 }));
  while (going.length > 0) {
    const next = going.splice((turns.next().value ?? 0) % going.length, 1)[0];
    if (next === undefined) break;
    const { ordinal, rung } = next;
    const isLast = rung === scheduler.rungCount(ordinal) - 1;
    const value = values[rung * trainings + ordinal] ?? null;
    reports.push({ ordinal, rung, value: isLast ? 1 : value });
    if (isLast) continue;
    const made = fold.report(ordinal, rung, value);
    decisions.push(...made);
    for (const { kind, ordinal: of, rung: at } of made)
      if (kind === 'promote') going.push({ ordinal: of, rung: at + 1 });
  }
  return { reports, decisions };
}
