import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RungReport, Scheduler } from '../../src/search/scheduler.ts';

/** The laws that every scheduler keeps, whatever it decides. */
export function schedulerContract(scheduler: Scheduler, rungs: number): void {
  const trainings = 6;
  const histories = fc
    .array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }), {
      minLength: trainings * rungs,
      maxLength: trainings * rungs,
    })
    .map((values) => playOut(scheduler, values, trainings, rungs));

  it('ends rungs at rising steps, the last at the end of the training', () => {
    for (const totalSteps of [rungs * 4, 100, 1001]) {
      const steps = scheduler.rungSteps(totalSteps);
      expect(steps).toHaveLength(rungs);
      expect(steps.at(-1)).toBe(totalSteps);
      steps.forEach((step, index) => expect(step).toBeGreaterThan(steps[index - 1] ?? 0));
    }
  });

  it('decides the same whatever order reports come in', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (reports, keys) => {
        const shuffled = reports
          .map((report) => ({ report, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ report }) => report);
        expect(new Set(scheduler.decide(shuffled, trainings).map(spell))).toEqual(
          new Set(scheduler.decide(reports, trainings).map(spell)),
        );
      }),
    );
  });

  it('never takes a decision back', () => {
    fc.assert(
      fc.property(histories, (reports) => {
        let before = new Set<string>();
        for (let known = 1; known <= reports.length; known += 1) {
          const after = new Set(scheduler.decide(reports.slice(0, known), trainings).map(spell));
          for (const decision of before) expect(after).toContain(decision);
          before = after;
        }
      }),
    );
  });

  it('leaves nobody without a decision who waits for one', () => {
    fc.assert(
      fc.property(histories, (reports) => {
        const decided = new Set(scheduler.decide(reports, trainings).map(({ ordinal, rung }) => `${ordinal}/${rung}`));
        for (const { ordinal, rung, value } of reports)
          if (value !== null && rung < rungs - 1) expect(decided).toContain(`${ordinal}/${rung}`);
      }),
    );
  });
}

/** Reports as they come when each training goes on as far as it is let. */
function playOut(
  scheduler: Scheduler,
  values: readonly (number | null)[],
  trainings: number,
  rungs: number,
): readonly RungReport[] {
  const reports: RungReport[] = [];
  let going = Array.from({ length: trainings }, (_, ordinal) => ordinal);
  for (let rung = 0; rung < rungs - 1; rung += 1) {
    for (const ordinal of going) reports.push({ ordinal, rung, value: values[rung * trainings + ordinal] ?? null });
    const promoted = new Set(
      scheduler
        .decide(reports, trainings)
        .filter((decision) => decision.rung === rung && decision.decision === 'promote')
        .map(({ ordinal }) => ordinal),
    );
    going = going.filter((ordinal) => promoted.has(ordinal));
  }
  return reports;
}

function spell({ ordinal, rung, decision }: { ordinal: number; rung: number; decision: string }): string {
  return `${ordinal}/${rung}/${decision}`;
}
