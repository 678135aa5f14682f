import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spellNumber } from '../../src/search/estimates/spell-value.ts';
import { FoldMemory } from '../../src/search/fold/fold-memory.ts';
import { FrontRung } from '../../src/search/schedulers/front-rung.ts';
import type { RungShares } from '../../src/search/schedulers/ranked-rung.ts';
import { dominates, frontOrder } from '../../src/stats/non-dominated-ranks.ts';

/*
 * A rung by fronts keeps them as reports come. It decides what putting all reports in order after each would.
 */

interface Report {
  readonly ordinal: number;
  readonly values: readonly number[];
}

/** The decisions of a rung that sorts all of its reports each time. */
class SortedRung {
  readonly #reports: Report[] = [];
  readonly #decided = new Set<number>();

  hear(report: Report): void {
    this.#reports.push(report);
  }

  order(): readonly Report[] {
    const byOrdinal = this.#reports.toSorted((a, b) => a.ordinal - b.ordinal);
    return frontOrder(byOrdinal.map(({ values }) => values)).flatMap((index) => byOrdinal[index] ?? []);
  }

  decide({ goOn, remain, outstanding, isFinal }: RungShares): readonly string[] {
    return this.order().flatMap(({ ordinal, values }, place) => {
      if (this.#decided.has(ordinal)) return [];
      const above = this.#reports.filter((other) => dominates(other.values, values)).length;
      const below = this.#reports.filter((other) => dominates(values, other.values)).length;
      const worst = isFinal && outstanding > 0 ? this.#reports.length - 1 - below : place;
      const isOut = outstanding > 0 ? above >= remain : place >= remain;
      const kind = worst < goOn ? 'promote' : isOut ? 'prune' : null;
      if (kind === null) return [];
      this.#decided.add(ordinal);
      return [`${kind} ${ordinal}, ${place + 1}`];
    });
  }
}

describe('a rung by fronts', () => {
  it('decides as one that puts all reports in order after each, also where it is taken up from its memory', () => {
    const reports = (objectives: number) =>
      fc.uniqueArray(
        fc.record({
          ordinal: fc.nat({ max: 60 }),
          values: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }),
        }),
        { minLength: 1, maxLength: 24, selector: ({ ordinal }) => ordinal },
      );
    const why = { promote: '', prune: '' };
    fc.assert(
      fc.property(
        fc.oneof(reports(2), reports(3)),
        fc.boolean(),
        fc.nat({ max: 5 }),
        fc.nat(),
        (drawn, isFinal, late, cut) => {
          let memory = FoldMemory.empty();
          let rung = new FrontRung(0, memory, spellNumber);
          const sorted = new SortedRung();
          drawn.forEach(({ ordinal, values: [first = 0, ...further] }, index) => {
            if (index === cut % drawn.length) {
              memory = FoldMemory.read(memory.spelled());
              rung = new FrontRung(0, memory, spellNumber);
            }
            rung.hear(ordinal, first, further);
            sorted.hear({ ordinal, values: [first, ...further] });
            const outstanding = Math.max(0, drawn.length - late - index - 1);
            const remain = Math.ceil((index + 1 + outstanding) / 2);
            const goOn = isFinal ? remain - outstanding : outstanding === 0 ? remain : Math.floor((index + 1) / 2);
            const shares = { goOn, remain, outstanding, isFinal, why };
            const made = rung
              .decide(shares)
              .map((each) => `${each.kind} ${each.ordinal}, ${/ranks (\d+)/.exec(each.reason)?.[1]}`);
            expect(made).toEqual(sorted.decide(shares));
            const place = (cut + index) % (index + 1);
            expect(rung.spelledAt(place)).toBe(`(${sorted.order()[place]?.values.join(', ')})`);
          });
        },
      ),
      { numRuns: 400 },
    );
  });
});
