import { numberSetting } from '../../sweep/file/search-section.ts';
import { properShare, wholeFrom } from '../../sweep/file/number-rules.ts';
import { FoldMemory } from '../fold/fold-memory.ts';
import type { RungDecision, SchedulerFold, SchedulerKind } from '../scheduler.ts';
import { ashaRule } from './asha.ts';
import { type Ranking, rankingField, rankingOf, readRanking } from '../estimates/ranking.ts';
import { spellNumber, type SpellValue } from '../estimates/spell-value.ts';
import { RungFold } from './rung-fold.ts';
import { stepsOfShares } from './rungs.ts';

/**
 * Hyperband over asynchronous rungs: brackets that differ in how early they begin to stop trainings. Bracket 0 has a rung
 * at `least` of the steps and at each 1 / keep times more; each later bracket leaves out one more of the first. Trainings
 * are dealt to brackets by their ordinal, to each as many as Hyperband gives it for equal budgets. Sources: Li et al.,
 * arXiv 1603.06560, algorithm 1; asynchronous as in arXiv 1810.05934, section 3.2.
 */
export const hyperband: SchedulerKind = {
  section: {
    kind: 'hyperband',
    example: '{kind: hyperband, least: 0.1, keep: 0.33}',
    sentence: 'Asynchronous halving in brackets, some of which stop trainings later',
    fields: [
      {
        name: 'least',
        expected: 'a share between 0 and 1',
        sentence: 'The first rung of the earliest bracket; default 1/9',
      },
      { name: 'keep', expected: 'a share between 0 and 1', sentence: 'Which share of a rung goes on; default 1/3' },
      { name: 'brackets', expected: 'a whole number of at least 1', sentence: 'Brackets at most; default 3' },
      rankingField,
    ],
    read: (section) => ({
      least: section.number('least', properShare) ?? 1 / 9,
      keep: section.number('keep', properShare) ?? 1 / 3,
      brackets: section.number('brackets', wholeFrom(1)) ?? 3,
      ...readRanking(section),
    }),
  },
  make: (definition) => {
    const keep = numberSetting(definition, 'keep');
    const shares = ladder(numberSetting(definition, 'least'), keep);
    const brackets = Math.min(numberSetting(definition, 'brackets'), shares.length + 1);
    const ranking = rankingOf(definition);
    const dealt = deal(brackets, shares.length, keep);
    const bracketOf = (ordinal: number): number => dealt[ordinal % dealt.length] ?? 0;
    const sharesOf = (ordinal: number): readonly number[] => shares.slice(bracketOf(ordinal));
    return {
      decides: true,
      rungCount: (ordinal) => sharesOf(ordinal).length + 1,
      rungSteps: ({ steps }, ordinal) => stepsOfShares(sharesOf(ordinal), steps),
      open: (_, memory = FoldMemory.empty(), spell = spellNumber) =>
        new HyperbandFold({ dealt, rungs: shares.length, keep, ranking }, memory, spell),
      allObjectives: ranking === 'front',
    };
  },
};

/** Shares of the steps from the least up to, but without, the whole. */
function ladder(least: number, keep: number): readonly number[] {
  const shares: number[] = [];
  // A last rung next to the end would stop trainings that are all but done.
  for (let share = least; share < 0.95; share /= keep) shares.push(share);
  return shares;
}

/** Brackets in the order in which trainings get them, over and over: bracket 0, with the most, is spread evenly. */
function deal(brackets: number, rungs: number, keep: number): readonly number[] {
  // Hyperband's n = ⌈(s_max + 1) / (s + 1) · η^s⌉ with s the rungs of the bracket.
  const wanted = Array.from({ length: brackets }, (_, bracket) => {
    const s = rungs - bracket;
    return Math.ceil(((rungs + 1) / (s + 1)) * keep ** -s - 1e-9);
  });
  const total = wanted.reduce((sum, count) => sum + count, 0);
  const given = wanted.map(() => 0);
  return Array.from({ length: total }, (_, turn) => {
    // Whoever is furthest behind its share comes next.
    const behind = wanted.map((count, bracket) => (count * (turn + 1)) / total - (given[bracket] ?? 0));
    const next = behind.indexOf(Math.max(...behind));
    given[next] = (given[next] ?? 0) + 1;
    return next;
  });
}

interface HyperbandRule {
  /** Brackets in the order in which trainings get them, over and over. */
  readonly dealt: readonly number[];
  /** Of bracket 0, those that decide. */
  readonly rungs: number;
  readonly keep: number;
  readonly ranking: Ranking;
}

class HyperbandFold implements SchedulerFold {
  readonly #dealt: readonly number[];
  readonly #brackets: readonly RungFold[];

  constructor({ dealt, rungs, keep, ranking }: HyperbandRule, memory: FoldMemory, spell: SpellValue) {
    this.#dealt = dealt;
    const brackets = Math.max(...dealt) + 1;
    this.#brackets = Array.from(
      { length: brackets },
      (_, bracket) =>
        new RungFold(
          { rungs: rungs - bracket, keep, rule: ashaRule, ranking },
          memory.within(`bracket ${bracket}`),
          spell,
        ),
    );
  }

  planned(trainings: number): readonly RungDecision[] {
    const rounds = Math.floor(trainings / this.#dealt.length);
    const rest = this.#dealt.slice(0, trainings % this.#dealt.length);
    const dealtTo = (bracket: number, deals: readonly number[]): number =>
      deals.filter((each) => each === bracket).length;
    return this.#brackets.flatMap((fold, bracket) =>
      said(bracket, fold.planned(rounds * dealtTo(bracket, this.#dealt) + dealtTo(bracket, rest))),
    );
  }

  report(
    ordinal: number,
    rung: number,
    value: number | null,
    further: readonly number[] = [],
  ): readonly RungDecision[] {
    const bracket = this.#bracketOf(ordinal);
    return said(bracket, this.#brackets[bracket]?.report(ordinal, rung, value, further) ?? []);
  }

  stands(decision: RungDecision): readonly RungDecision[] {
    const bracket = this.#bracketOf(decision.ordinal);
    return said(bracket, this.#brackets[bracket]?.stands(decision) ?? []);
  }

  retract(ordinal: number, rung: number): void {
    this.#brackets[this.#bracketOf(ordinal)]?.retract(ordinal, rung);
  }

  #bracketOf(ordinal: number): number {
    return this.#dealt[ordinal % this.#dealt.length] ?? 0;
  }
}

function said(bracket: number, decisions: readonly RungDecision[]): readonly RungDecision[] {
  return decisions.map((decision) => ({ ...decision, reason: `bracket ${bracket}, ${decision.reason}` }));
}
