import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RungDecision, Scheduler, SchedulerFold } from '../../src/search/scheduler.ts';

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
        const ends = scheduler.rungSteps({ steps: totalSteps }, ordinal);
        expect(ends).toHaveLength(scheduler.rungCount(ordinal));
        expect(ends.at(-1)).toBe(totalSteps);
        ends.forEach((step, index) => expect(step).toBeGreaterThan(ends[index - 1] ?? 0));
      }
    }
  });

  it('decides of each training that waits, once at each rung, and in the end of all', () => {
    fc.assert(
      fc.property(values, turns, (drawn, order) => {
        const { reports, decisions, held } = playOut(scheduler, drawn, order);
        const keys = decisions.map(({ ordinal, rung }) => `${ordinal}/${rung}`);
        expect(new Set(keys).size).toBe(keys.length);
        const waiting = reports.filter(
          ({ ordinal, rung, value }) => value !== null && rung < scheduler.rungCount(ordinal) - 1,
        );
        const toBegin = held.map((ordinal) => ({ ordinal, rung: -1 }));
        expect(new Set(keys)).toEqual(
          new Set([...waiting, ...toBegin].map(({ ordinal, rung }) => `${ordinal}/${rung}`)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same decisions for the same reports in the same order, and says why', () => {
    fc.assert(
      fc.property(values, turns, (drawn, order) => {
        const { reports, decisions } = playOut(scheduler, drawn, order);
        const fold = scheduler.open(seeds);
        const again = [...begin(scheduler, fold).decisions];
        for (const report of reports) again.push(...tell(scheduler, fold, report));
        expect(again).toEqual(decisions);
        for (const { reason } of decisions) expect(reason).toMatch(/rung -?\d/);
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

/** Of each configuration, where the scheduler is told of them: trainings 0, 1, 2 are the first one's. */
const seeds = 3;

/** What a fold hears before anything is reported. */
function begin(scheduler: Scheduler, fold: SchedulerFold) {
  const decisions = [...(fold.also?.({ kind: 'capacity', ordinal: 0, rung: 0, value: 2 }) ?? [])];
  decisions.push(...fold.planned(trainings));
  const heldFrom = scheduler.repeats?.heldFrom ?? Number.POSITIVE_INFINITY;
  const held: number[] = [];
  for (let ordinal = 0; ordinal < trainings; ordinal += 1) {
    const seed = ordinal % seeds;
    if (seed >= heldFrom) held.push(ordinal);
    const repeat = { kind: 'repeat', ordinal, rung: 0, value: ordinal - seed, further: [seed] } as const;
    if (scheduler.repeats !== undefined) decisions.push(...(fold.also?.(repeat) ?? []));
  }
  return { decisions, held };
}

/** A second objective, which orders trainings otherwise than the first. */
function second({ ordinal, rung }: RungReport): readonly number[] {
  return [(ordinal * 5 + rung) % 4];
}

function tell(scheduler: Scheduler, fold: SchedulerFold, report: RungReport): readonly RungDecision[] {
  const { ordinal, rung, value } = report;
  const isLast = rung === scheduler.rungCount(ordinal) - 1;
  if (isLast) return fold.also?.({ kind: 'result', ordinal, rung, value }) ?? [];
  return fold.report(ordinal, rung, value, second(report));
}

/**
 * Reports as slots bring them, in an order that the turns draw: each training goes on as far as it is let. The last
 * rung's are results.
 */
export function playOut(
  scheduler: Scheduler,
  values: readonly (number | null)[],
  turns: Iterator<number>,
): { readonly reports: readonly RungReport[]; readonly decisions: readonly RungDecision[]; held: readonly number[] } {
  const fold = scheduler.open(seeds);
  const { decisions, held } = begin(scheduler, fold);
  const reports: RungReport[] = [];
  const going = Array.from({ length: trainings }, (_, ordinal) => ({ ordinal, rung: 0 })).filter(
    ({ ordinal }) => !held.includes(ordinal),
  );
  while (going.length > 0) {
    const next = going.splice((turns.next().value ?? 0) % going.length, 1)[0];
    if (next === undefined) break;
    const { ordinal, rung } = next;
    const report = { ordinal, rung, value: values[rung * trainings + ordinal] ?? null };
    reports.push(report);
    const made = tell(scheduler, fold, report);
    decisions.push(...made);
    for (const { kind, ordinal: of, rung: at } of made)
      if (kind === 'promote') going.push({ ordinal: of, rung: at + 1 });
  }
  return { reports, decisions, held };
}
