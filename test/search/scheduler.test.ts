import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scheduler, SchedulerFold } from '../../src/search/scheduler.ts';
import { makeScheduler } from '../../src/search/schedulers/schedulers.ts';
import { halvingAsAWhole } from './halving-as-a-whole.ts';
import { playOut, schedulerContract } from './scheduler-contract.ts';

/** Decisions at rung 0 by training, of these reports in their order. */
function decide(scheduler: Scheduler, values: readonly (number | null)[], trainings: number): Record<number, string> {
  const fold: SchedulerFold = scheduler.open();
  const made = [...fold.planned(trainings)];
  values.forEach((value, ordinal) => made.push(...fold.report(ordinal, 0, value)));
  return Object.fromEntries(made.map(({ ordinal, kind }) => [ordinal, kind]));
}

describe('no scheduler', () => {
  schedulerContract(makeScheduler({ kind: 'none' }));
});

describe('halving with two rungs', () => {
  const halving = makeScheduler({ kind: 'halving', rungs: [0.25], keep: 0.5 });
  schedulerContract(halving);

  it('lets the best half go on, the lower ordinal winning a tie', () => {
    expect(decide(halving, [0.7, 0.9, 0.7, 0.7], 4)).toEqual({ 0: 'promote', 1: 'promote', 2: 'prune', 3: 'prune' });
  });

  it('prunes a training as soon as enough better ones are known, and promotes none too early', () => {
    expect(decide(halving, [0.9, 0.8, 0.1], 4)).toEqual({ 0: 'promote', 2: 'prune' });
  });

  it('lets everybody go on who is left when the others failed', () => {
    expect(decide(halving, [null, null, null, 0.1], 4)).toEqual({ 3: 'promote' });
  });

  it('decides of those that wait when the search has become larger, and takes nothing back', () => {
    const fold = halving.open();
    const first = [
      ...fold.planned(4),
      ...[0.9, 0.8, 0.7, 0.6].flatMap((value, ordinal) => fold.report(ordinal, 0, value)),
    ];
    expect(first.map(({ ordinal, kind }) => `${ordinal} ${kind}`).sort()).toEqual([
      '0 promote',
      '1 promote',
      '2 prune',
      '3 prune',
    ]);
    const later = [
      ...fold.planned(8),
      ...[0.1, 0.95, 0.2, 0.3].flatMap((value, index) => fold.report(4 + index, 0, value)),
    ];
    expect(later.map(({ ordinal, kind }) => `${ordinal} ${kind}`).sort()).toEqual([
      '4 prune',
      '5 promote',
      '6 prune',
      '7 prune',
    ]);
  });
});

describe('halving with three rungs', () => {
  const halving = makeScheduler({ kind: 'halving', rungs: [0.1, 0.5], keep: 0.4 });
  schedulerContract(halving);

  it('comes report by report to what all reports together say, failures and retries among them', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }), { minLength: 27, maxLength: 27 });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (drawn, turns) => {
        const { reports, decisions } = playOut(halving, drawn, turns);
        const heard = reports.filter(({ rung }) => rung < 2);
        expect(new Set(decisions.map(({ ordinal, rung, kind }) => `${ordinal}/${rung}/${kind}`))).toEqual(
          halvingAsAWhole(heard, { rungs: 2, trainings: 9, keep: 0.4 }),
        );
      }),
    );
  });

  it('hears a failed training anew once it is tried again', () => {
    const fold = halving.open();
    fold.planned(2);
    expect(fold.report(0, 0, null)).toEqual([]);
    fold.retract(0, 0);
    expect(fold.report(1, 0, 0.2)).toEqual([]);
    expect(fold.report(0, 0, 0.3).map(({ ordinal, kind }) => `${ordinal} ${kind}`)).toEqual(['0 promote', '1 prune']);
  });
});

describe('asynchronous halving', () => {
  const asha = makeScheduler({ kind: 'asha', rungs: [0.1, 0.3], keep: 1 / 3 });
  schedulerContract(asha);

  it('lets a training go on as soon as it is among the best third of those that have come', () => {
    const fold = asha.open();
    fold.planned(9);
    expect(fold.report(0, 0, 0.1)).toEqual([]);
    expect(fold.report(1, 0, 0.5)).toEqual([]);
    expect(fold.report(2, 0, 0.3)).toMatchObject([{ ordinal: 1, kind: 'promote' }]);
    // Who can no longer be among three of nine has no use for waiting.
    expect(fold.report(3, 0, 0.4)).toMatchObject([{ ordinal: 0, kind: 'prune' }]);
    expect(fold.report(4, 0, 0.9)).toMatchObject([
      { ordinal: 4, kind: 'promote' },
      { ordinal: 2, kind: 'prune' },
    ]);
    expect(fold.report(5, 0, 0.45)).toMatchObject([{ ordinal: 3, kind: 'prune' }]);
  });

  it('lets the best of a rung go on though fewer than a third of one have come', () => {
    expect(decide(asha, [0.2, 0.3], 2)).toEqual({ 0: 'prune', 1: 'promote' });
  });
});

describe('median stopping', () => {
  const median = makeScheduler({ kind: 'median', rungs: [0.2, 0.6], least: 3 });
  schedulerContract(median);

  it('ends who is worse than the median of those before, once there are enough; a tie goes on', () => {
    expect(decide(median, [1, 2, 4, 1, 1.5, 5], 6)).toEqual({
      0: 'promote',
      1: 'promote',
      2: 'promote',
      3: 'prune',
      4: 'promote',
      5: 'promote',
    });
  });

  it('says which value stood against which median', () => {
    const fold = median.open();
    [0.7, 0.8, 0.9].map((value, ordinal) => fold.report(ordinal, 0, value));
    expect(fold.report(3, 0, 0.71)).toEqual([
      { ordinal: 3, rung: 0, kind: 'prune', reason: 'rung 0: 0.71 against the median 0.8 of 3' },
    ]);
  });
});

describe('Hyperband', () => {
  const hyperband = makeScheduler({ kind: 'hyperband', least: 1 / 9, keep: 1 / 3, brackets: 3 });
  schedulerContract(hyperband);

  it('has brackets that begin to stop later, dealt as Hyperband gives each its number', () => {
    const rungs = Array.from({ length: 17 }, (_, ordinal) => hyperband.rungCount(ordinal));
    const dealt = [3, 2, 1].map((count) => rungs.filter((each) => each === count).length);
    expect(dealt).toEqual([9, 5, 3]);
    const early = rungs.indexOf(3);
    expect(hyperband.rungSteps({ steps: 900 }, early)).toEqual([100, 300, 900]);
    expect(hyperband.rungSteps({ steps: 900 }, rungs.indexOf(2))).toEqual([300, 900]);
    expect(hyperband.rungSteps({ steps: 900 }, rungs.indexOf(1))).toEqual([900]);
  });
});

describe('a race over seeds', () => {
  schedulerContract(makeScheduler({ kind: 'racing', error: 0.3, least: 2 }));
});

describe('Wilcoxon pruning', () => {
  const wilcoxon = makeScheduler({ kind: 'wilcoxon', rungs: [0.2, 0.4, 0.6, 0.8], p: 0.1, least: 2 });
  schedulerContract(wilcoxon);

  it('ends a training where enough pairs tell it from the best, over its rungs or over its seeds', () => {
    const fold = wilcoxon.open();
    for (let rung = 0; rung < 4; rung += 1) fold.report(0, rung, 0.8 + rung / 100);
    fold.also?.({ kind: 'result', ordinal: 0, rung: 4, value: 0.9 });
    const made = [0, 1, 2, 3].flatMap((rung) => fold.report(1, rung, 0.7 + rung / 100));
    expect(made.map(({ kind }) => kind)).toEqual(['promote', 'promote', 'promote', 'prune']);
    expect(made.at(-1)?.reason).toBe('rung 3: 0.73, p 0.063 of 4 pairs against training 0');

    const seeds = makeScheduler({ kind: 'wilcoxon', rungs: [0.5], p: 0.1, least: 2 }).open(4);
    const kinds: string[] = [];
    for (let ordinal = 0; ordinal < 8; ordinal += 1)
      seeds.also?.({ kind: 'repeat', ordinal, rung: 0, value: ordinal - (ordinal % 4), further: [ordinal % 4] });
    for (let ordinal = 0; ordinal < 8; ordinal += 1) {
      kinds.push(...seeds.report(ordinal, 0, ordinal < 4 ? 0.8 : 0.6).map(({ kind }) => kind));
      if (ordinal < 4) seeds.also?.({ kind: 'result', ordinal, rung: 1, value: 0.9 });
    }
    expect(kinds).toEqual([...Array.from({ length: 7 }, () => 'promote'), 'prune']);
  });

  it('lets one go on that is as good, however many pairs there are', () => {
    const fold = wilcoxon.open();
    for (const ordinal of [0, 1]) {
      const made = [0, 1, 2, 3].flatMap((rung) => fold.report(ordinal, rung, 0.8));
      expect(made.every(({ kind }) => kind === 'promote')).toBe(true);
      fold.also?.({ kind: 'result', ordinal, rung: 4, value: 0.8 });
    }
  });
});

describe('PASHA', () => {
  const settings = { kind: 'pasha', rungs: [0.1, 0.2, 0.4], keep: 0.5 };
  schedulerContract(makeScheduler(settings));
  schedulerContract(makeScheduler({ ...settings, noise: 1 }));

  /** Values by rung and training: four reach rung 1, and the best two of them rung 2 where that opens. */
  function play(values: readonly (readonly number[])[], more = {}): readonly string[] {
    const fold = makeScheduler({ ...settings, ...more }).open();
    const going = (values[0] ?? []).map((_, ordinal) => ({ ordinal, rung: 0 }));
    const made = [...fold.planned(going.length)];
    for (let next = going.shift(); next !== undefined; next = going.shift()) {
      const { ordinal, rung } = next;
      if (rung === 3) continue;
      const answer = fold.report(ordinal, rung, values[rung]?.[ordinal] ?? 0);
      made.push(...answer);
      for (const each of answer)
        if (each.kind === 'promote') going.push({ ordinal: each.ordinal, rung: each.rung + 1 });
    }
    return made.filter(({ rung }) => rung > 0).map(({ ordinal, rung, kind }) => `${kind} ${ordinal} at ${rung}`);
  }

  it('goes no further than its second rung where that ranks as the first: the best alone comes to its end', () => {
    const alike = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    expect(play([alike, alike, alike]).toSorted()).toEqual([
      'promote 0 at 1',
      'promote 0 at 2',
      'prune 1 at 1',
      'prune 2 at 1',
      'prune 3 at 1',
    ]);
  });

  it('opens a rung where the two topmost rank differently, but for what the noise may swap', () => {
    const first = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    const swapped = [0.8, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
    expect(play([first, swapped, swapped])).toContain('promote 0 at 1');
    expect(play([first, swapped, swapped])).toContain('prune 0 at 2');
    expect(play([first, swapped, swapped], { noise: 0.15 })).toContain('prune 0 at 1');
  });
});

describe('halving by fronts', () => {
  const settings = { rungs: [0.25, 0.5], keep: 0.5, by: 'front' };
  schedulerContract(makeScheduler({ kind: 'halving', ...settings }));
  schedulerContract(makeScheduler({ kind: 'asha', ...settings }));
  schedulerContract(makeScheduler({ kind: 'hyperband', least: 0.2, keep: 0.5, brackets: 2, by: 'front' }));

  const points = [
    [0.9, 0.1],
    [0.1, 0.9],
    [0.5, 0.5],
    [0.4, 0.4],
    [0.3, 0.3],
    [0.05, 0.8],
  ] as const;

  it('lets go on who is on the front, whichever objective that is by, and stops the dominated', () => {
    const fold = makeScheduler({ kind: 'halving', ...settings, rungs: [0.5] }).open();
    const made = [...fold.planned(6)];
    points.forEach(([first, other], ordinal) => made.push(...fold.report(ordinal, 0, first, [other])));
    expect(Object.fromEntries(made.map(({ ordinal, kind }) => [ordinal, kind]))).toEqual({
      0: 'promote',
      1: 'promote',
      2: 'promote',
      3: 'prune',
      4: 'prune',
      5: 'prune',
    });
    expect(made.find(({ ordinal }) => ordinal === 3)?.reason).toContain('(0.4, 0.4) ranks 4 of 6 by fronts');
  });

  it('decides early only what no report to come can change', () => {
    const values = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(values, (drawn) => {
        const scheduler = makeScheduler({ kind: 'halving', ...settings, rungs: [0.5] });
        const early = scheduler.open();
        const made = [...early.planned(8)];
        drawn.forEach(([first, other], ordinal) => made.push(...early.report(ordinal, 0, first, [other])));
        // The whole rung at once: nobody is decided before the number of trainings is known.
        const late = scheduler.open();
        late.planned(1_000);
        const before = drawn.flatMap(([first, other], ordinal) => late.report(ordinal, 0, first, [other]));
        expect(before).toEqual([]);
        const whole = late.planned(8);
        const kinds = (of: typeof made) => of.map(({ ordinal, kind }) => `${ordinal} ${kind}`).sort();
        expect(kinds(made)).toEqual(kinds([...whole]));
      }),
    );
  });
});
